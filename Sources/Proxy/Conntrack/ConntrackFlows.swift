public import LinuxSystem
public import NetworkAddress
public import ServiceModel

/// Connections to Services as connection tracking knows them: new ones by its events, all of them by its list.
public struct ConntrackFlows: FlowSource {
    private let events: FlowEvents
    private let dump: FlowDump

    /// - Parameters:
    ///   - translatedOnly: whether netfilter itself sends connections to endpoints, which spares the kernel to tell of all
    ///     others. IPVS does not mark its own.
    ///   - countsBytes: whether bytes of connections that end are to be known; twice as many events.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL where the kernel has no ctnetlink.
    public init(translatedOnly: Bool, countsBytes: Bool) throws(SystemError) {
        events = try FlowEvents(translatedOnly: translatedOnly, countsBytes: countsBytes)
        dump = try FlowDump(translatedOnly: translatedOnly)
    }

    public func read() -> FlowBatch { events.read() }

    public func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts] { try await dump.read(family) }
}
