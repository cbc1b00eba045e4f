public import Dataplane
internal import LinuxSystem
public import Logging
internal import NetworkAddress
internal import Nftables
internal import NftablesServices

extension IPVSDataplane {
    /// Removes our virtual servers, addresses and rules without a backend, and without asking for IPVS where there is nothing
    /// of ours. The table tells: it comes first and goes last.
    ///
    /// - Parameter configuration: its `excludedNetworks` are left alone.
    /// - Returns: whether there was anything.
    public static func removeAll(
        _ configuration: IPVSConfiguration, logger: Logger
    ) throws(DataplaneError) -> Bool {
        var leftovers = try Leftovers(configuration, logger: logger)
        guard leftovers.held.exists else { return false }
        try leftovers.device.removeAll()
        var kernel = try IPVSKernel(family: configuration.family)
        _ = try kernel.send(try leftovers.servers(&kernel).keys.map { .removeServer($0) })
        try leftovers.removeTable()
        return true
    }

    /// Removes what no connection needs, now that another mode is in force, and has the rest take no new ones. Comes again
    /// until nothing is left.
    ///
    /// - Parameters:
    ///   - isFirst: whether this process has not done it yet. Later it may be in force again, for another process.
    ///   - passing: whether this host's own sockets serve the addresses of Services from now on.
    public static func retire(
        _ configuration: IPVSConfiguration, isFirst: Bool, passing: Bool, logger: Logger
    ) throws(DataplaneError) -> Backend.Retirement {
        var leftovers = try Leftovers(configuration, logger: logger)
        guard leftovers.held.exists else { return .nothingThere }
        let family = configuration.family
        let chains = ServiceTable.retired(family, passing: passing)
        let isInForce = leftovers.held.chains.keys.contains { name in !chains.contains { $0.name == name } }
        guard isFirst || !isInForce else { return .nothingThere }
        var kernel = try IPVSKernel(family: family)
        let retirement = IPVSRetirement(
            servers: try leftovers.servers(&kernel), elements: leftovers.held.elements, family: family,
            passing: passing)
        guard retirement.hasConnections else {
            _ = try removeAll(configuration, logger: logger)
            return .isGone
        }
        _ = try kernel.send(retirement.preparations)
        try leftovers.keep { held throws(SystemError) in
            try retirement.comparison(held, chains, family, isFirst: isFirst)
        }
        _ = try kernel.send(retirement.quiescence)
        try leftovers.device.retire(keeping: retirement.addresses)
        _ = try kernel.send(retirement.deletions)
        if isFirst {
            logger.notice(
                "connections of ipvs mode go on until they end",
                metadata: ["family": "\(family.rawValue)", "addresses": "\(retirement.addresses.count)"])
        }
        return .isLeft
    }

    /// What a process that is gone left in the kernel.
    private struct Leftovers: ~Copyable {
        private let configuration: IPVSConfiguration
        private var table: NftablesTable
        let held: KernelTable
        var device: ServiceDevice

        init(_ configuration: IPVSConfiguration, logger: Logger) throws(DataplaneError) {
            let family = configuration.family
            let device = try ServiceDevice(family: family, name: IPVSConfiguration.device)
            var table = try DataplaneError.wrapping { () throws(SystemError) in
                try NftablesTable(
                    family: family, name: configuration.table, layout: ServiceTable.layout, logger: logger)
            }
            let held = try DataplaneError.wrapping { () throws(SystemError) in try table.read() }
            self.configuration = configuration
            self.device = device
            self.table = table
            self.held = held
        }

        /// The virtual servers of ours.
        mutating func servers(
            _ kernel: inout IPVSKernel
        ) throws(DataplaneError) -> [VirtualServerKey: KernelServer] {
            let family = configuration.family
            let noted = (held.elements[.serviceIPs] ?? [:]).keys.map { IPAddress(family: family, value: $0.address) }
            let addresses = Set(noted).union(try device.all())
            let nothing = IPVSState(configuration: configuration)
            return try kernel.servers().filter { nothing.owns($0.key, addresses) }
        }

        mutating func keep(_ comparison: NftablesTable.Comparison) throws(DataplaneError) {
            try DataplaneError.wrapping { () throws(SystemError) in _ = try table.apply(Plan(), orElse: comparison) }
        }

        mutating func removeTable() throws(DataplaneError) {
            try DataplaneError.wrapping { () throws(SystemError) in _ = try table.remove() }
        }
    }
}
