import Glibc

/// Parameters of the kernel under /proc/sys, in the calling thread's network namespace.
public enum KernelParameter {
    /// A parameter that is a number; nil if there is none of this name.
    ///
    /// - Parameter name: as a path: `fs/nr_open`.
    static func number(_ name: String) -> Int? {
        text(name).flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
    }

    /// The beginning of a parameter, up to 64 bytes; nil if there is none of this name.
    static func text(_ name: String) -> String? {
        guard let descriptor = SystemCall.result({ unsafe open("/proc/sys/\(name)", O_RDONLY | O_CLOEXEC) }) else {
            return nil
        }
        defer { SystemCall.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = SystemCall.result {
            unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        }
        return String(decoding: bytes.prefix(count ?? 0), as: UTF8.self)
    }

    /// - Parameter name: as a path: `net/ipv4/conf/eth0/forwarding`.
    public static func set(_ name: String, _ value: String) throws(SystemError) {
        let descriptor = try SystemCall.run("open kernel parameter \(name)") {
            unsafe open("/proc/sys/\(name)", O_WRONLY | O_CLOEXEC)
        }
        defer { SystemCall.close(descriptor) }
        let bytes = Array(value.utf8)
        // In one call: each is a value of its own.
        let count = try SystemCall.run("set kernel parameter \(name)") {
            unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        }
        guard count == bytes.count else { throw SystemError("set kernel parameter \(name)", code: EIO) }
    }
}
