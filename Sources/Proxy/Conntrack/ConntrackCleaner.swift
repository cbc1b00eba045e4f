internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Netlink
public import NetworkAddress
public import ServiceModel

/// Deletes conntrack entries that lead to removed endpoints, over ctnetlink.
///
/// A flow keeps its translation as long as packets flow, so a client that goes on sending would never reach another
/// endpoint. It takes one dump per family and protocol, and only when something is stale. Entries of other destinations
/// stay.
public actor ConntrackCleaner {
    private nonisolated let executor = BlockingExecutor(label: "conntrack")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var socket: NetlinkSocket

    public init() throws(SystemError) {
        socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
    }

    /// Removes the stale entries of one family.
    ///
    /// - Returns: how many were removed.
    public func removeStale(_ flows: StaleFamilyFlows, family: IPFamily) throws(SystemError) -> Int {
        guard !flows.isEmpty else { return 0 }
        var removed = 0
        for transport in flows.transports.sorted() {
            removed += try remove(try stale(flows, transport, family), family)
        }
        return removed
    }

    /// Removes flows to an existing endpoint that must not be used, so that the client's next packet gets another one.
    ///
    /// - Returns: how many were removed.
    public func remove(_ flows: UnwantedFlows) throws(SystemError) -> Int {
        let family = flows.endpoint.address.ip.family
        let unwanted = try entries(
            flows.endpoint.transport, family, unansweredOnly: flows.isUnansweredOnly
        ) { entry in
            !(flows.isUnansweredOnly && entry.isAnswered)
                && flows.contains(entry.destination, replySource: entry.replySource)
        }
        return try remove(unwanted, family)
    }

    /// Removes what conntrack remembers of flows to some frontends that nobody has sent elsewhere: this host's own sockets
    /// served them.
    ///
    /// - Parameter isEnd: whether those sockets close now. Else of TCP only what was broken off goes: the kernel forgets what
    ///   has ended when the client begins anew, and would take the next packet of a live one for a new connection.
    /// - Returns: how many were removed.
    public func removeUntranslated(
        to flows: StaleFamilyFlows, family: IPFamily, isEnd: Bool
    ) throws(SystemError) -> Int {
        var removed = 0
        for transport in flows.transports.sorted() {
            let found = try entries(transport, family, unansweredOnly: false) { entry in
                guard entry.replySource == entry.destination, transport != .tcp || isEnd || entry.isBrokenOff
                else {
                    return false
                }
                // A late answer is a flow of its own, the other way round.
                return flows.hasFrontend(transport, entry.destination) || flows.hasFrontend(transport, entry.client)
            }
            removed += try remove(found, family)
        }
        return removed
    }

    /// Removes UDP flows that something else than netfilter sent elsewhere, as IPVS does, and has forgotten: conntrack keeps
    /// netfilter from translating what their clients send next.
    ///
    /// - Parameter known: what is not forgotten.
    /// - Returns: how many were removed.
    public func removeAbandoned(_ family: IPFamily, except known: Set<AnswerEvent.Connection>) throws(SystemError)
        -> Int
    {
        let found = try entries(.udp, family, unansweredOnly: false) { entry in
            !entry.isTranslated && entry.replySource != entry.destination
                && !known.contains(AnswerEvent.Connection(client: entry.client, destination: entry.destination))
        }
        return try remove(found, family)
    }

    /// Has conntrack know TCP connections that began when nothing was tracked, with nobody translating them: rules would
    /// take the next packet of one for its first. Those that it knows stay as they are.
    public func add(_ connections: some Collection<AnswerEvent.Connection>, _ family: IPFamily) throws(SystemError) {
        _ = try send(Array(connections), but: EEXIST) { connection, sequence in
            ConntrackEntry.creation(connection, family: Self.number(family), sequence: sequence)
        }
    }

    private func stale(
        _ flows: StaleFamilyFlows, _ transport: TransportProtocol, _ family: IPFamily
    ) throws(SystemError) -> [ConntrackEntry] {
        try entries(transport, family) { $0.isStale(flows) }
    }

    /// - Parameter unansweredOnly: see ``ConntrackEntry/listing(_:family:sequence:unansweredOnly:)``.
    private func entries(
        _ transport: TransportProtocol, _ family: IPFamily, unansweredOnly: Bool? = nil,
        where isWanted: (ConntrackEntry) -> Bool
    ) throws(SystemError) -> [ConntrackEntry] {
        var found: [ConntrackEntry] = []
        let sequence = socket.reserveSequence()
        let request = ConntrackEntry.listing(
            transport, family: Self.number(family), sequence: sequence,
            unansweredOnly: unansweredOnly)
        do throws(SystemError) {
            try socket.request(request, sequence: sequence, operation: "list conntrack entries") { message in
                // Kernels that cannot filter list other protocols, too.
                guard let entry = ConntrackEntry(message.attributes(after: 4)), entry.transport == transport.rawValue,
                    isWanted(entry)
                else { return }
                found.append(entry)
            }
        } catch  where error.isInterruptedDump {
            // The table changed while it was read, as it does all the time: what was seen still counts.
        }
        return found
    }

    /// - Returns: how many were not gone already.
    private func remove(_ entries: [ConntrackEntry], _ family: IPFamily) throws(SystemError) -> Int {
        try send(entries, but: ENOENT) { entry, sequence in
            entry.deletion(family: Self.number(family), sequence: sequence)
        }
    }

    private static func number(_ family: IPFamily) -> UInt8 { family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6) }

    /// Messages in one send.
    private static let messagesPerSend = 256

    /// - Parameter known: the error that is none.
    /// - Returns: how many messages the kernel accepted.
    private func send<Value>(
        _ values: [Value], but known: Int32, _ message: (Value, UInt32) -> [UInt8]
    ) throws(SystemError) -> Int {
        var accepted = 0
        var rest = values[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.messagesPerSend)
            rest = rest.dropFirst(part.count)
            let first = socket.reserveSequence(part.count)
            var bytes: [UInt8] = []
            for (index, value) in part.enumerated() { bytes += message(value, first &+ UInt32(index)) }
            let refused = try socket.sendBatch(bytes)
            for rejection in refused where rejection.error.code != known { throw rejection.error }
            accepted += part.count - refused.count
        }
        return accepted
    }
}
