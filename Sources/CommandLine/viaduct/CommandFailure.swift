import ArgumentParser
import Foundation

/// How commands end when they cannot do their work.
enum CommandFailure {
    /// Prints one message and ends with status 1, without ArgumentParser's usage text.
    static func fail(_ message: String) throws -> Never {
        FileHandle.standardError.write(Data("error: \(message)\n".utf8))
        throw ExitCode(1)
    }
}
