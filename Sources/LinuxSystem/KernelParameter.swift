import Glibc

/// Parameters of the kernel under /proc/sys, in the calling thread's network namespace.
public enum KernelParameter {
    /// - Parameter name: as a path: `net/ipv4/conf/eth0/forwarding`.
    public static func set(_ name: String, _ value: String) throws(SystemError) {
        let descriptor = unsafe open("/proc/sys/\(name)", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open kernel parameter \(name)") }
        defer { _ = close(descriptor) }
        let bytes = Array(value.utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw .last("set kernel parameter \(name)") }
    }
}
