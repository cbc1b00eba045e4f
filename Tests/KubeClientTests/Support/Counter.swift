import Synchronization

final class Counter: Sendable {
    private let storage = Mutex(0)
    var value: Int { storage.withLock { $0 } }

    @discardableResult
    func increase() -> Int {
        storage.withLock {
            $0 += 1
            return $0
        }
    }
}
