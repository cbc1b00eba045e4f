internal import Glibc
public import LinuxSystem

/// Text files of /proc and /sys, read in the calling thread's namespaces.
public enum KernelFile {
    /// Reads a file.
    ///
    /// - Parameter limit: in bytes; the rest is ignored.
    /// - Throws: as open(2) and read(2): ENOENT where the kernel has no such file, EACCES where this process may not
    ///   read it.
    public static func read(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> String {
        let descriptor = try SystemCall.run("read \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
        defer { SystemCall.close(descriptor) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while text.count < limit {
            let count = try SystemCall.run("read \(path)") {
                unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            }
            if count == 0 { break }
            text += buffer.prefix(min(count, limit - text.count))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether this process may write the file, the file system's own mode included (access(2)).
    public static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// The names in a directory without `.` and `..`, at most `limit` of them.
    public static func names(in directory: String, limit: Int = 1 << 17) throws(SystemError) -> [String] {
        guard let handle = unsafe opendir(directory) else { throw SystemCall.failure("list \(directory)") }
        defer { unsafe _ = closedir(handle) }
        var names: [String] = []
        while names.count < limit, let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            let text = String(decoding: name, as: UTF8.self)
            if text != ".", text != ".." { names.append(text) }
        }
        return names
    }

    /// Where a symbolic link leads to, such as `net:[4026531840]` of `/proc/self/ns/net`.
    public static func link(_ path: String) throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = try SystemCall.run("read the link \(path)") { unsafe readlink(path, &buffer, buffer.count) }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
