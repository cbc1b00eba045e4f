import Synchronization

/// A bearer token in a file that another program rotates: read again after a minute, or when the server rejects it.
final class TokenFile: Sendable {
    static let defaultMaximumAge: Duration = .seconds(60)

    private struct State {
        var token: String
        var readAt: ContinuousClock.Instant
    }

    private let path: String
    private let maximumAge: Duration
    private let state: Mutex<State>

    init(path: String, maximumAge: Duration = defaultMaximumAge) throws(ConfigurationError) {
        self.path = path
        self.maximumAge = maximumAge
        let token = try Self.read(path, place: "bearer token")
        state = Mutex(State(token: token, readAt: .now))
    }

    /// The token as last read. A file that cannot be read leaves the last token in use, as it may be replaced just now.
    func token() -> String {
        state.withLock { state in
            if state.readAt.duration(to: .now) > maximumAge { refresh(&state) }
            return state.token
        }
    }

    /// The server refused `token`. Returns another one if the file holds it by now.
    func token(insteadOf token: String) -> String? {
        state.withLock { state in
            if state.token == token { refresh(&state) }
            return state.token == token ? nil : state.token
        }
    }

    private func refresh(_ state: inout State) {
        state.readAt = .now
        if let token = try? Self.read(path, place: "") { state.token = token }
    }

    static func read(_ path: String, place: String) throws(ConfigurationError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileReader.bytes(of: path)
        } catch {
            throw ConfigurationError(place, "cannot read the token file \(path): \(error.reason)")
        }
        let token = trimmed(bytes)
        guard !token.isEmpty else { throw ConfigurationError(place, "the token file \(path) is empty") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConfigurationError(place, "the token file \(path) holds more than one word of ASCII")
        }
        return token
    }

    static func trimmed(_ bytes: [UInt8]) -> String {
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        let kept = bytes.drop(while: isSpace)
        let end = kept.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? kept.startIndex
        return String(decoding: kept[..<end], as: UTF8.self)
    }
}
