import FoundationEssentials

/// Small text files of /proc and /sys. A value, so that tests can replace it.
public struct SystemFiles: Sendable {
    /// Why a file could not be written.
    public struct WriteFailure: Error, Sendable, CustomStringConvertible {
        /// Read-only file system or no permission: the usual case in a container.
        public var isReadOnly: Bool
        public var description: String

        public init(isReadOnly: Bool, description: String) {
            self.isReadOnly = isReadOnly
            self.description = description
        }
    }

    /// The contents; nil if the file cannot be read.
    public var read: @Sendable (String) -> String?
    public var write: @Sendable (String, String) throws(WriteFailure) -> Void

    public init(
        read: @escaping @Sendable (String) -> String?,
        write: @escaping @Sendable (String, String) throws(WriteFailure) -> Void
    ) {
        self.read = read
        self.write = write
    }

    /// The host's own files.
    public static let host = SystemFiles { path in
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    } write: { (path, text) throws(WriteFailure) in
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch let error as CocoaError {
            let isReadOnly = error.code == .fileWriteNoPermission || error.code == .fileWriteVolumeReadOnly
            throw WriteFailure(isReadOnly: isReadOnly, description: isReadOnly ? "not writable" : "\(error)")
        } catch {
            throw WriteFailure(isReadOnly: false, description: "\(error)")
        }
    }

    /// A file that holds one whole number.
    func integer(_ path: String) -> Int? {
        read(path).flatMap { text in Int(text.filter { !$0.isWhitespace }) }
    }
}
