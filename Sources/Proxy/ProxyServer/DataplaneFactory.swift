import Conntrack
public import Dataplane
import LinuxSystem
public import Logging
public import NetworkAddress
import NftablesDataplane
public import ProxyConfiguration
import ServiceModel
import SocketBalancing
import UserspaceDataplane

/// Opens the configured backend, and removes the leftovers of other modes.
public struct DataplaneFactory: Sendable {
    let settings: ProxySettings
    let logger: Logger
    private let backendSettings: BackendSettings

    public init(settings: ProxySettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        backendSettings = settings.forBackend()
    }

    /// Opens the kernel handle. Fails with a message for the user if the kernel lacks what the mode needs.
    public func make(_ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        try settings.mode.make(backendSettings, family, logger)
    }

    /// The same, with what works beside the backend, if anything.
    public func makeServing(_ family: IPFamily) throws(DataplaneError) -> any Dataplane {
        try withSocketBalancing(withRelay(make(family)))
    }

    private func withRelay(_ backend: any Dataplane) throws(DataplaneError) -> any Dataplane {
        let family = backend.family
        guard settings.relayedLocalhostFamilies.contains(family) else { return backend }
        var configuration = UserspaceConfiguration(backendSettings, family)
        configuration.scope = .localhostNodePorts
        configuration.threads = 1
        return CombinedDataplane(
            backend, beside: try UserspaceDataplane(configuration: configuration, logger: logger))
    }

    private func withSocketBalancing(_ backend: any Dataplane) throws(DataplaneError) -> any Dataplane {
        let sockets = settings.socketBalancing
        guard sockets.isEnabled else { return backend }
        do throws(DataplaneError) {
            return CombinedDataplane(backend, beside: try SocketBalancer(sockets, backend.family, logger: logger))
        } catch {
            guard sockets.fallsBack else {
                throw DataplaneError(
                    operation: "socketBalancing: \(error.operation)", code: error.code,
                    message: error.message + "; set socketBalancing.fallback to go on without it")
            }
            logger.warning(
                "connections of sockets are left to the packet rules: this host lacks what their translation needs",
                metadata: ["family": "\(backend.family.rawValue)", "error": "\(error)"])
            // What an earlier process left would go on by endpoints that nobody keeps up to date.
            _ = retireSocketBalancing(but: SocketBalancingSettings(), isLast: true)
            return backend
        }
    }

    /// Opens the backends of all families. A family that this kernel has not got is left out as long as there is another
    /// one, as upstream goes on with a single stack.
    ///
    /// - Throws: why there is none at all; or any other failure, such as missing privileges.
    func makeServing(_ families: [IPFamily]) throws(DataplaneError) -> [any Dataplane] {
        var made: [any Dataplane] = []
        var missing: [(IPFamily, DataplaneError)] = []
        for family in families {
            do throws(DataplaneError) {
                made.append(try makeServing(family))
            } catch  where error.isMissingSupport {
                missing.append((family, error))
            }
        }
        if made.isEmpty, let first = missing.first?.1 { throw first }
        for (family, error) in missing {
            logger.warning(
                "this kernel lacks what this IP family needs; its Services are not served",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
        }
        return made
    }

    /// Removes what a mode left in the kernel. A kernel that lacks what the mode needs has nothing of it.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    func removeLeftovers(of backend: Backend, _ family: IPFamily) async throws(DataplaneError) -> Bool {
        guard try await backend.removeLeftovers(backendSettings, family, logger) else { return false }
        logger.info(
            "removed the rules of another mode",
            metadata: ["mode": "\(backend.name)", "family": "\(family.rawValue)"])
        return true
    }

    /// Has connections that another mode's own sockets carry go on, for as long as its process runs: connection tracking knows
    /// them, so that the rules do not translate them. Comes before the rules.
    ///
    /// - Parameter frontends: all that this mode is going to serve.
    func keepCarried(_ family: IPFamily, _ frontends: @Sendable () async -> StaleFamilyFlows) async {
        guard settings.mode.usesNetfilter, !carried(family).isEmpty else { return }
        // It has the kernel track what begins from now on. `removeOtherModes` ends it.
        holdTranslation(family)
        let frontends = await frontends()
        let connections = carried(family).filter { frontends.hasFrontend(.tcp, $0.destination) }
        do throws(SystemError) {
            try await ConntrackCleaner().add(connections, family)
        } catch {
            logger.warning(
                "connections that another mode carries may be cut",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
        }
    }

    private func carried(_ family: IPFamily) -> Set<AnswerEvent.Connection> {
        var found: Set<AnswerEvent.Connection> = []
        for other in Backend.allCases where other != settings.mode {
            do throws(DataplaneError) {
                if let connections = other.carriedConnections { found.formUnion(try connections(family)) }
            } catch {
                logger.debug(
                    "could not look for connections of another mode",
                    metadata: ["mode": "\(other.name)", "family": "\(family.rawValue)", "error": "\(error)"])
            }
        }
        return found
    }

    /// Removes what other modes left. For when this one is in force: until then their rules serve.
    ///
    /// - Returns: what there was of them; where something stays, ``removeRest(_:isLast:)`` comes.
    func removeOtherModes(_ family: IPFamily) async -> Backend.Retirement {
        // Where no mode of ours translates, connections that are there depend on what is going to be removed.
        var isHeld = false
        if !settings.mode.usesNetfilter { isHeld = await hasTranslatedConnections(family) }
        if isHeld { holdTranslation(family) }
        var result = Backend.Retirement.nothingThere
        for other in Backend.allCases where other != settings.mode {
            result = max(result, await retire(other, family, isFirst: true))
        }
        if !isHeld { endTranslation(family) }
        return max(result, retireSocketBalancing(but: settings.socketBalancing))
    }

    /// Ends what other versions, or other settings, have left of the balancing of sockets: packet rules are in force.
    private func retireSocketBalancing(
        but settings: SocketBalancingSettings, isLast: Bool = false
    ) -> Backend.Retirement {
        do throws(DataplaneError) {
            let result = try SocketBalancer.retire(but: settings, isLast: isLast)
            if result == .isGone { logger.info("removed an eBPF program that translated connections of sockets") }
            return result
        } catch {
            logger.warning(
                "cannot remove an eBPF program that translates connections of sockets",
                metadata: ["error": "\(error)"])
            return .nothingThere
        }
    }

    /// Removes what ``removeOtherModes(_:)`` had to leave, as far as connections have ended meanwhile.
    ///
    /// - Parameter isLast: whether their time is over.
    /// - Returns: whether something still stays.
    func removeRest(_ family: IPFamily, isLast: Bool) async -> Bool {
        var isLeft = retireSocketBalancing(but: settings.socketBalancing, isLast: isLast) == .isLeft
        for other in Backend.allCases where other != settings.mode && other.retire != nil {
            var stays = await retire(other, family, isFirst: false) == .isLeft
            if stays, isLast {
                logger.notice(
                    "connections of another mode are cut: their time is over",
                    metadata: ["mode": "\(other.name)", "family": "\(family.rawValue)"])
                stays = await retire(other, family, isFirst: false, isCutting: true) == .isLeft
            }
            if stays { isLeft = true }
        }
        return isLeft
    }

    private func retire(
        _ other: Backend, _ family: IPFamily, isFirst: Bool, isCutting: Bool = false
    ) async -> Backend.Retirement {
        do throws(DataplaneError) {
            guard let retire = other.retire, !isCutting else {
                return try await removeLeftovers(of: other, family) ? .isGone : .nothingThere
            }
            let result = try await retire(backendSettings, family, logger, isFirst, settings.mode)
            if result != .nothingThere, settings.mode.usesNetfilter { await forgetAbandoned(of: other, family) }
            return result
        } catch {
            logger.debug(
                "could not look for rules of another mode",
                metadata: ["mode": "\(other.name)", "family": "\(family.rawValue)", "error": "\(error)"])
        }
        return .nothingThere
    }

    /// Has conntrack forget connections that the other mode has forgotten: what their clients send from the same port would
    /// not be translated.
    private func forgetAbandoned(of other: Backend, _ family: IPFamily) async {
        guard let ownConnections = other.ownConnections else { return }
        do {
            _ = try await ConntrackCleaner().removeAbandoned(family, except: try ownConnections(family))
        } catch {
            logger.warning(
                "connections of another mode stay in conntrack",
                metadata: ["mode": "\(other.name)", "family": "\(family.rawValue)", "error": "\(error)"])
        }
    }

    // MARK: Connections that other modes translated

    private func holdTranslation(_ family: IPFamily) {
        do throws(DataplaneError) {
            try TranslationHold.begin(family, logger: logger)
        } catch {
            // Where nf_tables is out of reach, no mode of ours has translated by it.
            logger.debug("no nat chain for connections that are there", metadata: ["error": "\(error)"])
        }
    }

    /// Not having one is no error.
    func endTranslation(_ family: IPFamily) {
        do throws(DataplaneError) {
            _ = try TranslationHold.end(family, logger: logger)
        } catch {
            logger.debug("no nat chain can be removed", metadata: ["error": "\(error)"])
        }
    }

    private func hasTranslatedConnections(_ family: IPFamily) async -> Bool {
        do throws(SystemError) {
            return try await !FlowDump(translatedOnly: true).read(family).isEmpty
        } catch {
            return false
        }
    }
}
