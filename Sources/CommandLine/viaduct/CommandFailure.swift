import ArgumentParser
import Foundation

/// How commands end when they fail.
enum CommandFailure {
    /// Prints one message and ends with status 1, without ArgumentParser's usage text.
    static func fail(_ message: String) throws -> Never {
        try end(message, status: 1)
    }

    /// The same for a command line that makes no sense: with status 64, as where ArgumentParser finds out.
    static func misuse(_ error: ValidationError) throws -> Never {
        try end(error.message, status: ExitCode.validationFailure.rawValue)
    }

    private static func end(_ message: String, status: Int32) throws -> Never {
        FileHandle.standardError.write(Data("error: \(message)\n".utf8))
        throw ExitCode(status)
    }
}
