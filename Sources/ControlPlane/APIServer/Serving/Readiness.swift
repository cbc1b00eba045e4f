import Synchronization

/// Tells those that wait when the server listens everywhere.
final class Readiness: Sendable {
    private typealias Waiter = CheckedContinuation<APIServer.Ports, any Error>

    private enum State {
        case waiting([Int: Waiter])
        case ready
        case finished
    }

    private struct Progress {
        var ports = APIServer.Ports()
        /// Listeners that are not there yet.
        var missing: Int
        var state = State.waiting([:])
        /// How many have waited so far.
        var waiters = 0
        var isStopping = false
    }

    private let progress: Mutex<Progress>

    init(listeners: Int) { progress = Mutex(Progress(missing: listeners)) }

    func listens(_ place: WritableKeyPath<APIServer.Ports, Int?>, port: Int) {
        let (waiting, ports) = progress.withLock { progress -> ([Int: Waiter], APIServer.Ports) in
            progress.ports[keyPath: place] = port
            progress.missing -= 1
            guard progress.missing <= 0, case .waiting(let waiting) = progress.state else {
                return ([:], progress.ports)
            }
            progress.state = .ready
            return (waiting, progress.ports)
        }
        for waiter in waiting.values { waiter.resume(returning: ports) }
    }

    func finish() {
        let waiting = progress.withLock { progress -> [Int: Waiter] in
            defer { progress.state = .finished }
            guard case .waiting(let waiting) = progress.state else { return [:] }
            return waiting
        }
        for waiter in waiting.values { waiter.resume(throwing: CancellationError()) }
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

    /// - Throws: `CancellationError` if the server ends before, or the task is cancelled.
    func ports() async throws -> APIServer.Ports {
        let number = progress.withLock { progress in
            progress.waiters += 1
            return progress.waiters
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let answer = progress.withLock { progress -> Result<APIServer.Ports, any Error>? in
                    switch progress.state {
                    case .waiting(var waiting):
                        if Task.isCancelled { return .failure(CancellationError()) }
                        waiting[number] = waiter
                        progress.state = .waiting(waiting)
                        return nil
                    case .ready: return .success(progress.ports)
                    case .finished: return .failure(CancellationError())
                    }
                }
                if let answer { waiter.resume(with: answer) }
            }
        } onCancel: {
            let waiter = progress.withLock { progress -> Waiter? in
                guard case .waiting(var waiting) = progress.state else { return nil }
                let waiter = waiting.removeValue(forKey: number)
                progress.state = .waiting(waiting)
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
