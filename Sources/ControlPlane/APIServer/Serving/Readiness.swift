import Synchronization

/// Tells those that wait when the server listens everywhere.
final class Readiness: Sendable {
    private enum State {
        case waiting([CheckedContinuation<APIServer.Ports, any Error>])
        case ready
        case finished
    }

    private struct Progress {
        var ports = APIServer.Ports()
        /// Listeners that are not there yet.
        var missing: Int
        var state = State.waiting([])
        var isStopping = false
    }

    private let progress: Mutex<Progress>

    init(listeners: Int) { progress = Mutex(Progress(missing: listeners)) }

    func listens(_ place: WritableKeyPath<APIServer.Ports, Int?>, port: Int) {
        typealias Waiting = [CheckedContinuation<APIServer.Ports, any Error>]
        let (waiting, ports) = progress.withLock { progress -> (Waiting, APIServer.Ports) in
            progress.ports[keyPath: place] = port
            progress.missing -= 1
            guard progress.missing <= 0, case .waiting(let waiting) = progress.state else {
                return ([], progress.ports)
            }
            progress.state = .ready
            return (waiting, progress.ports)
        }
        for continuation in waiting { continuation.resume(returning: ports) }
    }

    func finish() {
        let waiting = progress.withLock { progress -> [CheckedContinuation<APIServer.Ports, any Error>] in
            defer { progress.state = .finished }
            guard case .waiting(let waiting) = progress.state else { return [] }
            return waiting
        }
        for continuation in waiting { continuation.resume(throwing: CancellationError()) }
    }

    /// No more requests are to come.
    func stop() { progress.withLock { $0.isStopping = true } }

    var isStopping: Bool { progress.withLock { $0.isStopping } }

    /// Nil as long as the server does not listen everywhere.
    var portsIfKnown: APIServer.Ports? {
        progress.withLock { progress in
            if case .ready = progress.state { progress.ports } else { nil }
        }
    }

    func ports() async throws -> APIServer.Ports {
        try await withCheckedThrowingContinuation { continuation in
            let answer = progress.withLock { progress -> Result<APIServer.Ports, any Error>? in
                switch progress.state {
                case .waiting(var waiting):
                    waiting.append(continuation)
                    progress.state = .waiting(waiting)
                    return nil
                case .ready: return .success(progress.ports)
                case .finished: return .failure(CancellationError())
                }
            }
            if let answer { continuation.resume(with: answer) }
        }
    }
}
