internal import Glibc
internal import LinuxSystem

/// The lock that iptables holds while it reads, changes and writes a table (`/run/xtables.lock`).
struct XtablesLock: ~Copyable {
    private let descriptor: Int32

    /// Where programs of this host look for it. `XTABLES_LOCKFILE` names another file, as with iptables.
    static var path: String {
        unsafe getenv("XTABLES_LOCKFILE").map { unsafe String(cString: $0) } ?? "/run/xtables.lock"
    }

    /// Waits for the lock, `seconds` at most.
    init(path: String = path, waiting seconds: Int = 10) throws(SystemError) {
        descriptor = try Self.lock(path, waiting: seconds)
    }

    /// Not by a blocking call: a program that never lets go shall become an error, not a stop.
    private static func lock(_ path: String, waiting seconds: Int) throws(SystemError) -> Int32 {
        let descriptor = try SystemCall.run("open \(path)") {
            unsafe Glibc.open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o600)
        }
        var pause = 500
        var waited = 0
        while true {
            do throws(SystemError) {
                try SystemCall.run("lock \(path)") { flock(descriptor, LOCK_EX | LOCK_NB) }
                return descriptor
            } catch {
                guard error.code == EWOULDBLOCK, waited < seconds * 1_000_000 else {
                    SystemCall.close(descriptor)
                    throw SystemError("lock \(path)", code: error.code, kernelMessage: "another program holds it")
                }
            }
            SystemPause.sleep(.microseconds(pause))
            waited += pause
            pause = min(pause * 2, 20_000)
        }
    }

    /// Closing lets go.
    deinit { SystemCall.close(descriptor) }
}
