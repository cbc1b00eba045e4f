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
        descriptor = unsafe open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open \(path)", code: errno) }
        // Not a blocking call: a program that never lets go shall become an error, not a stop.
        var pause: UInt32 = 500
        var waited = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR, waited < seconds * 1_000_000 else {
                _ = close(descriptor)
                throw SystemError("lock \(path)", code: code, kernelMessage: "another program holds it")
            }
            usleep(pause)
            waited += Int(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    /// Closing lets go.
    deinit { _ = close(descriptor) }
}
