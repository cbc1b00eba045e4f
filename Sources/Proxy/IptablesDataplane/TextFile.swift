internal import Glibc
internal import LinuxSystem

/// Small files of /proc and /sys.
enum TextFile {
    /// The contents, up to 64 KB; nil if it cannot be read.
    static func read(_ path: String) -> String? {
        guard let descriptor = SystemCall.result({ unsafe open(path, O_RDONLY | O_CLOEXEC) }) else { return nil }
        defer { SystemCall.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65536)
        do throws(SystemError) {
            let count = try SystemCall.repeating("read \(path)", bytes.count) { done in
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
                }
            }
            return String(decoding: bytes[..<count], as: UTF8.self)
        } catch {
            return nil
        }
    }
}
