import Synchronization

/// Lets the reconcile of one key requeue other keys; the reconcile function exists before its queue. It lasts as long
/// as the controller, through every change of leadership.
public final class Requeue<Key: Hashable & Sendable>: Sendable {
    private let queue = Mutex<WorkQueue<Key>?>(nil)

    public init() {}

    public func connect(_ queue: WorkQueue<Key>) { self.queue.withLock { $0 = queue } }

    public func add(_ keys: some Sequence<Key>) {
        guard let queue = queue.withLock(\.self) else { return }
        for key in keys { queue.add(key) }
    }
}
