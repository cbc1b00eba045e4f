import Glibc
package import SystemPackage

/// Reads and writes the server's files: certificates, keys, kubeconfigs.
public enum ServerFile {
    /// Bytes; more is an error, for such files are small.
    private static let limit = 16 << 20

    /// The whole of a file.
    /// - Throws: `Errno`
    public static func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { return bytes }
                bytes += piece[..<count]
                guard bytes.count <= limit else { throw Errno.fileTooLarge }
            }
        }
    }

    /// Nil if there is no such file.
    static func readText(_ path: String) throws -> String? {
        do {
            return String(decoding: try read(path), as: UTF8.self)
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
    }

    /// Makes a directory and those above it that are missing, for this user alone.
    /// - Throws: `Errno`
    public static func makeDirectory(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST:
            guard access(path + "/.", F_OK) == 0 else { throw Errno.notDirectory }
        case ENOENT:
            let parent = FilePath(path).removingLastComponent().string
            guard !parent.isEmpty, parent != path else { throw Errno.noSuchFileOrDirectory }
            try makeDirectory(parent)
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        case let error: throw Errno(rawValue: error)
        }
    }

    /// Writes a file whole or not at all; a secret one is readable by nobody else from its first byte on.
    /// - Throws: `Errno`
    public static func write(_ text: String, to path: String, isSecret: Bool = true) throws {
        let temporary = FilePath("\(path).\(getpid()).new")
        let permissions: FilePermissions =
            isSecret ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead]
        // What a killed process left: a file that is there already would keep its permissions.
        unlink(temporary.string)
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate], permissions: permissions)
            try file.closeAfter {
                _ = try file.writeAll(text.utf8)
                // The new name must not be on the disk before the text is.
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(temporary.string, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary.string)
            throw error
        }
    }

    /// As ``write(_:to:isSecret:)``, unless the file holds this text already: a disk that is full has room for that.
    /// - Throws: `Errno`
    public static func update(_ text: String, to path: String) throws {
        if (try? readText(path)) == text { return try makePrivate(path) }
        try write(text, to: path)
    }

    /// Takes others' permissions on a file away, if it has any.
    /// - Throws: `Errno` if it cannot be done; nothing if there is no such file.
    public static func makePrivate(_ path: String) throws {
        guard let permissions = permissions(path), permissions.isForOthers else { return }
        guard chmod(path, permissions.rawValue & 0o700) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Who may do what with a file or directory; nil if there is none.
    package static func permissions(_ path: String) -> FilePermissions? {
        try? Stat(FilePath(path)).permissions
    }
}

extension FilePermissions {
    /// Whether anybody but the owner may do anything.
    package var isForOthers: Bool { rawValue & 0o077 != 0 }
}
