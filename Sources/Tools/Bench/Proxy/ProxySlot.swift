import LinuxSystem
import Synchronization

/// The process of a proxy, once it was started.
final class ProxySlot: Sendable {
    private let held = Mutex<ChildProcess?>(nil)

    var process: ChildProcess? { held.withLock { $0 } }
    func set(_ process: ChildProcess) { held.withLock { $0 = process } }
}
