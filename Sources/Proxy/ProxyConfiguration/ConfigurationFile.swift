import FoundationEssentials

/// Reads the file that `--config` names.
public enum ConfigurationFile {
    /// Why it could not be read, as errno(3) describes it.
    public struct ReadFailure: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    public static func read(_ path: String) throws(ReadFailure) -> [UInt8] {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ReadFailure(description: "no such file")
        }
        guard !isDirectory else { throw ReadFailure(description: "it is a directory") }
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw ReadFailure(description: "permission denied")
        }
        return Array(contents)
    }
}
