import FoundationEssentials
import JSONStream
package import Logging
import Synchronization
import SystemPackage

/// The audit log: a JSON object a line. Requests only hand over what happened; one task makes lines and writes them.
public final class AuditLog: Sendable {
    /// Where lines go.
    public struct Configuration: Sendable {
        /// `-` for standard output.
        public var path: String
        /// A file beyond this many bytes is put aside; 0: never.
        public var maximumSize = 0
        /// How many files that were put aside are kept; 0: all.
        public var maximumBackups = 0
        /// How long files that were put aside are kept; nil: for ever.
        public var maximumAge: Duration?
        public var policy = AuditPolicy.metadata

        public init(path: String) { self.path = path }
    }

    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Events that wait; more are dropped and counted, for requests are not kept waiting.
    private static let waiting = 65_536

    package let policy: AuditPolicy
    private let configuration: Configuration
    private let events: AsyncStream<AuditEvent>
    private let continuation: AsyncStream<AuditEvent>.Continuation
    private let dropped = Atomic(0)
    private let logger: Logger

    /// - Throws: ``Problem`` if the file cannot be written to.
    package init(_ configuration: Configuration, logger: Logger) throws(Problem) {
        self.configuration = configuration
        self.logger = logger
        policy = configuration.policy
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waiting))
        do {
            var file = try AuditFile(configuration)
            try file.close()
        } catch {
            throw Problem(description: "--audit-log-path \(configuration.path): cannot be written: \(error)")
        }
    }

    package func record(_ event: AuditEvent) {
        if case .dropped = continuation.yield(event) { dropped.add(1, ordering: .relaxed) }
    }

    /// Writes until ``finish()`` was called and all is written.
    package func run() async throws {
        var file = try AuditFile(configuration)
        defer { try? file.close() }
        var failures = 0
        for await event in events {
            do {
                try file.write(event.json.serialized() + [UInt8(ascii: "\n")])
                failures = 0
            } catch {
                // The first of a row is enough.
                if failures == 0 { logger.error("cannot write the audit log", metadata: ["error": "\(error)"]) }
                failures += 1
            }
            let lost = dropped.exchange(0, ordering: .relaxed)
            if lost > 0 { logger.error("the audit log fell behind", metadata: ["lost events": "\(lost)"]) }
        }
    }

    package func finish() { continuation.finish() }
}
