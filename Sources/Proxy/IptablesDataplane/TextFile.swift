internal import Glibc

/// Small files of /proc and /sys.
enum TextFile {
    /// The contents, up to 64 KB; nil if it cannot be read.
    static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65536)
        var count = 0
        while count < bytes.count {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + count }, buffer.count - count)
            }
            if more <= 0 { break }
            count += more
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
