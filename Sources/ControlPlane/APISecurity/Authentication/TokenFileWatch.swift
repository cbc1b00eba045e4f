import FoundationEssentials
package import Logging
import Synchronization

/// Reads the file of tokens, and again when it changed.
package struct TokenFileWatch: Sendable {
    private static let interval = Duration.seconds(5)

    /// Nil: there is no such file, and nothing to do.
    package let path: String?
    package let authenticator: Authenticator
    package let logger: Logger

    package init(path: String?, authenticator: Authenticator, logger: Logger) {
        self.path = path
        self.authenticator = authenticator
        self.logger = logger
    }

    /// - Throws: ``TokenFile/Problem``, which names the file, if it cannot be used.
    package func read() throws(TokenFile.Problem) {
        guard let path else { return }
        do {
            authenticator.replaceFileTokens(try TokenFile(parsing: try ServerFile.read(path)))
        } catch let problem as TokenFile.Problem {
            throw TokenFile.Problem(description: "--token-auth-file \(path): \(problem)")
        } catch {
            throw TokenFile.Problem(
                description: "--token-auth-file \(path): cannot be read: \(error)")
        }
    }

    package func run() async throws {
        var known = modification
        var refused: Date?
        while true {
            try await Task.sleep(for: Self.interval)
            let current = modification
            guard path != nil, current != known else { continue }
            do {
                try read()
                (known, refused) = (current, nil)
                logger.info("the tokens were read again", metadata: ["file": "\(path ?? "")"])
            } catch {
                // It is read again until it can be: somebody may still be writing it.
                if refused != current {
                    logger.error("the tokens stay as they were", metadata: ["error": "\(error)"])
                }
                refused = current
            }
        }
    }

    private var modification: Date? {
        path.flatMap { try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date }
    }
}
