import Dataplane
public import Logging
import NetworkAddress
public import ProxyConfiguration

/// The proxy's open kernel handles. Opening them detects everything that a host can lack, before anything else starts.
public struct ProxyHost: Sendable {
    let families: [IPFamily]
    let dataplanes: [any Dataplane]

    /// - Throws: ``ProxyMain/StartFailure``: if privileges or kernel features that the mode needs are missing.
    public init(_ settings: ProxySettings, logger: Logger) throws {
        if settings.mode.usesNetfilter, let problem = Capabilities.missing() {
            throw ProxyMain.StartFailure(problem)
        }
        let factory = DataplaneFactory(settings: settings, logger: logger)
        do throws(DataplaneError) {
            dataplanes = try factory.makeServing(Self.families(logger))
        } catch {
            throw ProxyMain.StartFailure("\(error)")
        }
        families = dataplanes.map(\.family)
    }

    /// A kernel that was booted without IPv6 has no ip6 tables either.
    static func families(_ logger: Logger) -> [IPFamily] {
        guard SystemFiles.host.read("/proc/net/if_inet6") == nil else { return IPFamily.allCases }
        logger.info("this kernel has no IPv6: only IPv4 is programmed")
        return [.ipv4]
    }
}
