import NetworkAddress
import ServiceModel
import Synchronization

/// Counts the relay's connections and bytes, by path.
final class RelayTally: Sendable {
    private struct State: Sendable {
        var batch = FlowBatch()
        /// TCP connections that there are.
        var live: [FlowPath: Int] = [:]
        /// Whether bytes are requested: counting them takes a lock each time some arrive.
        var isWatched = false
        /// Whether the dialled endpoints answered; nil if not requested.
        var answers: [AnswerEvent]?
    }

    /// Answers that wait to be read; of more nothing is known.
    private static let maximumAnswers = 16_384

    private let state = Mutex(State())

    func began(_ path: FlowPath) {
        state.withLock { state in
            if path.transport == .tcp { state.live[path, default: 0] += 1 }
            if state.isWatched { state.batch.began(path) }
        }
    }

    func ended(_ path: FlowPath) {
        state.withLock { state in
            let rest = (state.live[path] ?? 0) - 1
            state.live[path] = rest > 0 ? rest : nil
        }
    }

    /// Bytes on their way to the endpoint, or back.
    func moved(_ path: FlowPath, _ bytes: Int, toEndpoint: Bool) {
        state.withLock { state in
            guard state.isWatched else { return }
            var counts = FlowCounts()
            if toEndpoint { counts.bytesSent = UInt64(bytes) } else { counts.bytesReceived = UInt64(bytes) }
            state.batch.ended(path, counts)
        }
    }

    /// An endpoint was dialled for a client.
    func dialled(_ endpoint: EndpointAddress, for connection: AnswerEvent.Connection, isAnswered: Bool) {
        state.withLock { state in
            guard state.answers.map({ $0.count < Self.maximumAnswers - 1 }) ?? false else { return }
            for kind in [AnswerEvent.Kind.began, isAnswered ? .answered : .failed] {
                state.answers?.append(
                    AnswerEvent(kind: kind, connection: connection, transport: .tcp, endpoint: endpoint))
            }
        }
    }

    func readAnswers() -> [AnswerEvent] {
        state.withLock { state in
            defer { state.answers = [] }
            return state.answers ?? []
        }
    }

    func read() -> FlowBatch {
        state.withLock { state in
            state.isWatched = true
            defer { state.batch = FlowBatch() }
            return state.batch
        }
    }

    var live: [FlowPath: FlowCounts] {
        state.withLock { state in
            state.live.mapValues { count in
                var counts = FlowCounts()
                counts.live = count
                return counts
            }
        }
    }
}

/// The connections of one family's relay, over TCP and UDP.
struct RelayFlows: FlowSource, AnswerSource {
    let family: IPFamily
    let tally: RelayTally
    let flows: UDPFlows

    func read() -> FlowBatch { tally.read() }

    func readAnswers() -> [AnswerEvent] { tally.readAnswers() }

    func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts] {
        family == self.family ? tally.live.merging(flows.live) { one, _ in one } : [:]
    }
}
