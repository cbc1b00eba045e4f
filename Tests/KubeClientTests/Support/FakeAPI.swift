import Synchronization

/// Answers lists and watches of widgets from a script, one after the other.
final class FakeAPI: Sendable {
    enum Reply: Sendable {
        case answer(String, status: Int = 200, chunkSize: Int = .max)
        /// A stream; each text is a chunk.
        case stream([Step])
    }

    enum Step: Sendable {
        case send(String)
        /// Lets the client read what was sent before.
        case pause
        case drop
        /// Keeps the stream open until the test is over.
        case hold
    }

    private struct Script {
        var lists: [Reply]
        var watches: [Reply]
    }

    private let script: Mutex<Script>

    init(lists: [Reply], watches: [Reply] = []) {
        script = Mutex(Script(lists: lists, watches: watches))
    }

    /// When the script is over, lists fail and watches stay silent.
    @Sendable
    func handle(_ request: FakeServer.Request, _ responder: FakeServer.Responder) async throws {
        let reply = script.withLock { script in
            if request.query["watch"] == "true" {
                return script.watches.isEmpty ? Reply.stream([.hold]) : script.watches.removeFirst()
            }
            return script.lists.isEmpty ? Reply.answer("the script is over", status: 500) : script.lists.removeFirst()
        }
        switch reply {
        case .answer(let text, let status, let chunkSize):
            try await responder.begin(status)
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                try await responder.send(String(decoding: rest.prefix(chunkSize), as: UTF8.self))
                rest = rest.dropFirst(chunkSize)
            }
            try await responder.end()
        case .stream(let steps):
            try await responder.begin()
            // The head goes out with the first body part.
            try await responder.send("\n")
            for step in steps { try await perform(step, responder) }
            try await responder.end()
        }
    }

    private func perform(_ step: Step, _ responder: FakeServer.Responder) async throws {
        switch step {
        case .send(let text): try await responder.send(text)
        case .pause: try await Task.sleep(for: .milliseconds(30))
        case .drop: throw FakeServer.Drop()
        case .hold: try await Task.sleep(for: .seconds(60))
        }
    }
}
