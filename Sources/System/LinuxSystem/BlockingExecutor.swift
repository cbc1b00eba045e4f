internal import Dispatch

/// A serial executor for an actor whose methods block in system calls. They then hold no thread of the concurrency
/// runtime's small pool.
public final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// The label is for debuggers.
    public init(label: String) {
        queue = DispatchQueue(label: label, qos: .userInitiated)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
