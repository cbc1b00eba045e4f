import FoundationEssentials
import Logging
import ServiceModel
import Synchronization

/// What a proxy keeps over its restarts, in a file beside its status socket.
struct ProxyState: Codable, Hashable, Sendable {
    /// Addresses that somebody asked this proxy to drain, with port 0 for all ports.
    var drained: [String] = []
    /// Endpoints whose share still grows.
    var starts: [EndpointStart] = []

    init() {}
}

/// Reads and writes the file. A failure to write is logged once: only a restart depends on the file.
final class ProxyStateFile: Sendable {
    private static let sizeLimit = 4 << 20

    private struct Content {
        var state: ProxyState
        var hasFailed = false
    }

    /// Nil: nothing is kept.
    private let path: String?
    private let logger: Logger
    private let content: Mutex<Content>

    /// - Parameter socket: the status socket's path.
    init(besideSocket socket: String?, logger: Logger) {
        path = socket.map { $0 + ".state" }
        self.logger = logger
        content = Mutex(Content(state: path.map { Self.read($0, logger) } ?? ProxyState()))
    }

    private static func read(_ path: String, _ logger: Logger) -> ProxyState {
        guard let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int else {
            return ProxyState()
        }
        do {
            guard size <= sizeLimit else { throw CocoaError(.fileReadTooLarge) }
            return try JSONDecoder().decode(ProxyState.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            logger.warning(
                "cannot read the state file and goes on without it; remove the file",
                metadata: ["path": "\(path)", "error": "\(error)"])
            return ProxyState()
        }
    }

    var state: ProxyState { content.withLock { $0.state } }

    /// Writes the file if something differs.
    func update(_ change: (inout ProxyState) -> Void) {
        content.withLock { content in
            var new = content.state
            change(&new)
            guard new != content.state else { return }
            content.state = new
            guard let path else { return }
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys]
                try encoder.encode(new).write(to: URL(filePath: path), options: .atomic)
                content.hasFailed = false
            } catch {
                if !content.hasFailed {
                    logger.warning(
                        "cannot write the state file: a restart will forget drains and slow starts",
                        metadata: ["path": "\(path)", "error": "\(error)"])
                }
                content.hasFailed = true
            }
        }
    }
}
