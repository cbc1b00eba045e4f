public import LinuxSystem
public import NetworkAddress
public import ServiceModel

/// Connections to Services from connection tracking: new ones from its events, all of them from its table.
public struct ConntrackFlows: FlowSource {
    private let events: FlowEvents
    private let dump: FlowDump

    /// - Parameters:
    ///   - translatedOnly: whether netfilter itself translates connections to Services; the kernel then reports no
    ///     others. IPVS does not mark its own.
    ///   - countsBytes: whether to count bytes of ended connections, which doubles the number of events.
    /// - Throws: EPERM without CAP_NET_ADMIN; EINVAL where the kernel has no ctnetlink.
    public init(translatedOnly: Bool, countsBytes: Bool) throws(SystemError) {
        events = try FlowEvents(translatedOnly: translatedOnly, countsBytes: countsBytes)
        dump = try FlowDump(translatedOnly: translatedOnly)
    }

    public func read() -> FlowBatch { events.read() }

    public func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts] { try await dump.read(family) }
}
