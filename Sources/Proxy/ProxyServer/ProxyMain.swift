import Conntrack
import Dataplane
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import NetworkAddress
public import ProxyConfiguration
import ServiceLifecycle
import ServiceModel
import SocketBalancing
import StatusServing
import UnixSignals

/// `viaduct proxy`, after its flags and files have been read.
public enum ProxyMain {
    /// Why the proxy cannot start: one line for the user.
    public struct StartFailure: Error, Sendable, CustomStringConvertible {
        public var description: String

        init(_ description: String) { self.description = description }
    }

    /// Executes the options' command. Returns when a signal ends the proxy, or throws ``StartFailure``.
    public static func run(_ options: ProxyOptions) async throws {
        let logger = Logger(label: "proxy")
        for warning in options.warnings { logger.warning("\(warning)") }
        for notice in options.notices { logger.notice("\(notice)") }
        if options.action != .run, let problem = Capabilities.missing() { throw StartFailure(problem) }
        switch options.action {
        case .run:
            // The lists, the model and the first commit each take as much as the one before.
            FreedMemory.returnAtOnce()
            let proxy = try ProxyService(options: options, logger: logger)
            let reports = ServiceManagerReports(logger: logger) {
                await proxy.programmed()
                return "the rules are in force"
            } alive: {
                await proxy.responds()
            }
            try await ServiceGroup(
                services: [proxy, reports],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })
            ).run()
        case .cleanup: try await cleanUp(options, logger)
        case .initialize: HostPreparation(logger: logger).apply(options.settings)
        case .writeConfiguration: break
        }
    }

    /// Removes our rules of every mode in both families, and any service proxy's chains in the legacy tables. A failure
    /// does not stop the rest.
    private static func cleanUp(_ options: ProxyOptions, _ logger: Logger) async throws {
        let factory = DataplaneFactory(settings: options.settings, logger: logger)
        var failures: [String] = []
        defer { for family in ProxyHost.families(logger) { factory.endTranslation(family) } }
        for backend in Backend.allCases {
            for family in ProxyHost.families(logger) {
                do throws(DataplaneError) {
                    try await factory.removeLeftovers(of: backend, family)
                } catch  where error.isMissingSupport {
                    logger.debug(
                        "this kernel has nothing of a mode",
                        metadata: ["mode": "\(backend.name)", "family": "\(family.rawValue)", "error": "\(error)"])
                } catch {
                    failures.append("\(backend.name) mode, \(family.rawValue): \(error)")
                }
            }
        }
        do throws(DataplaneError) {
            _ = try SocketBalancer.removeLeftovers()
        } catch {
            failures.append("socket balancing: \(error)")
        }
        guard failures.isEmpty else { throw StartFailure("cleanup: \(failures.joined(separator: "; "))") }
        logger.info("removed all rules")
    }
}
