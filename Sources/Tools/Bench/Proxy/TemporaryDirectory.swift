import FoundationEssentials

/// A directory that is removed with this object.
final class TemporaryDirectory: Sendable {
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "viaduct-bench-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}
