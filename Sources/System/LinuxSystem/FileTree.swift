internal import CLinux
internal import Glibc

/// Files and directories, where permissions, links and mounts matter.
public enum FileTree {
    /// Makes a directory and its parents, and gives it this mode, whatever the process's umask is.
    public static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        var prefix = path.hasPrefix("/") ? "" : "."
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() {
            prefix += "/" + part
            let isLast = index == parts.count - 1
            let result = unsafe Glibc.mkdir(prefix, isLast ? mode : 0o755)
            if result != 0 {
                let failure = SystemCall.failure("make the directory \(prefix)")
                guard failure.code == EEXIST else { throw failure }
            } else if isLast {
                try setMode(prefix, mode)
            }
        }
    }

    /// Writes a file, replacing an existing one.
    public static func write(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(SystemError) {
        let file = try SystemCall.run("open \(path)") {
            unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        }
        defer { SystemCall.close(file) }
        try SystemCall.repeating("write \(path)", bytes.count) { done in
            unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(file, raw.baseAddress?.advanced(by: done), raw.count - done)
            }
        }
        try SystemCall.run("set the mode of \(path)") { fchmod(file, mode) }
    }

    /// The first bytes of a file.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try SystemCall.run("open \(path)") { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        defer { SystemCall.close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try SystemCall.repeating("read \(path)", limit) { done in
            unsafe bytes.withUnsafeMutableBytes { raw in
                unsafe Glibc.read(file, raw.baseAddress?.advanced(by: done), raw.count - done)
            }
        }
        return Array(bytes.prefix(count))
    }

    /// The last bytes of a file.
    public static func readEnd(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try SystemCall.run("open \(path)") { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        defer { SystemCall.close(file) }
        let size = try SystemCall.run("look for the end of \(path)") { lseek(file, 0, SEEK_END) }
        var bytes = [UInt8](repeating: 0, count: min(limit, Int(size)))
        let start = Int(size) - bytes.count
        let count = try SystemCall.repeating("read \(path)", bytes.count) { done in
            unsafe bytes.withUnsafeMutableBytes { raw in
                unsafe pread(file, raw.baseAddress?.advanced(by: done), raw.count - done, start + done)
            }
        }
        return Array(bytes.prefix(count))
    }

    public static func setMode(_ path: String, _ mode: UInt32) throws(SystemError) {
        try SystemCall.run("set the mode of \(path)") { unsafe chmod(path, mode) }
    }

    /// Sets the owner; nil leaves the user or the group as it is. Does not follow a link.
    public static func setOwner(_ path: String, user: UInt32?, group: UInt32?) throws(SystemError) {
        try SystemCall.run("set the owner of \(path)") { unsafe lchown(path, user ?? .max, group ?? .max) }
    }

    public static func link(_ path: String, to target: String) throws(SystemError) {
        try SystemCall.run("make the link \(path)") { unsafe symlink(target, path) }
    }

    /// The target of a symbolic link; nil if the path is not one.
    public static func linkTarget(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = SystemCall.result {
            unsafe bytes.withUnsafeMutableBytes { raw in
                guard let base = raw.baseAddress else { return -1 }
                return unsafe Glibc.readlink(path, base.assumingMemoryBound(to: CChar.self), raw.count)
            }
        }
        return count.map { String(decoding: bytes.prefix($0), as: UTF8.self) }
    }

    /// Renames atomically, replacing an existing file.
    public static func rename(_ path: String, to other: String) throws(SystemError) {
        try SystemCall.run("rename \(path) to \(other)") { unsafe Glibc.rename(path, other) }
    }

    /// The `st_mode` of a path, without following a last link; nil if nothing exists there.
    public static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode : nil
    }

    public static func isDirectory(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }

    /// The absolute path with all links resolved; nil if nothing exists there.
    public static func resolved(_ path: String) -> String? {
        guard let raw = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(raw) }
        return unsafe String(cString: raw)
    }

    // MARK: Mounts

    /// Mounts a file system in memory; `size` in bytes, nil: the kernel's half of the memory.
    public static func mountMemory(_ path: String, size: Int64?) throws(SystemError) {
        let options = size.map { "size=\($0)" } ?? ""
        try SystemCall.run("mount a file system in memory at \(path)") {
            unsafe viaduct_mount_memory(path, options)
        }
    }

    /// It is no error if nothing is mounted there.
    public static func unmount(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            try SystemCall.run("unmount \(path)") { unsafe viaduct_unmount(path) }
        } catch {
            if error.code != EINVAL, error.code != ENOENT { throw error }
        }
    }

    /// The mount points at or below a path, the deepest first (proc(5), mountinfo).
    public static func mounts(below path: String) throws(SystemError) -> [String] {
        let text = String(decoding: try read("/proc/self/mountinfo", limit: 16 << 20), as: UTF8.self)
        let points = text.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count > 4 else { return nil }
            let point = unescaped(fields[4])
            return point == path || point.hasPrefix(path + "/") ? point : nil
        }
        return points.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The kernel writes blanks and backslashes as octal numbers.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes and inodes of the file system at a path.
    public static func space(_ path: String) -> (size: UInt64, free: UInt64, inodes: UInt64, freeInodes: UInt64)? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let block = UInt64(status.f_frsize)
        return (
            UInt64(status.f_blocks).multipliedReportingOverflow(by: block).partialValue,
            UInt64(status.f_bavail).multipliedReportingOverflow(by: block).partialValue, UInt64(status.f_files),
            UInt64(status.f_favail)
        )
    }
}
