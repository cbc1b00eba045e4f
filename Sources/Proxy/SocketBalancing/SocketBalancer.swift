public import Dataplane
internal import Glibc
public import LinuxSystem
public import Logging
public import NetworkAddress
public import ServiceModel
internal import Synchronization

/// A sum from several threads.
private final class SharedCount: Sendable {
    private let sum = Mutex(0)

    var value: Int { sum.withLock { $0 } }

    func add(_ count: Int) { sum.withLock { $0 += count } }
}

/// Translates connections of this host's sockets to Services when they are made, for one IP family, beside a backend that
/// translates packets: what it leaves alone, the packet rules translate.
///
/// An eBPF program does it, for the sockets of a control group. It is pinned with its maps, so that both go on without this
/// process, and the next one takes them over.
public actor SocketBalancer: Dataplane {
    public nonisolated let family: IPFamily
    private nonisolated let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// What its reports tell.
    public static let figures: [Figure] = [.socketFrontends, .socketPortsWithoutRoom]

    private let settings: SocketBalancingSettings
    private let logger: Logger
    private let group: ControlGroup
    private let cookie: UInt64
    private nonisolated let folder: PinnedFolder
    private var program: SocketProgram
    private var state: SocketState
    /// Whether the maps hold what `state` says.
    private var isAchieved = false
    private var codec: MapCodec { MapCodec(family: family) }

    /// Loads the program. Nothing is translated yet, unless an earlier process left it at work.
    ///
    /// - Throws: what the kernel or the host lacks, as a line for the user.
    public init(
        _ settings: SocketBalancingSettings, _ family: IPFamily, logger: Logger
    ) throws(DataplaneError) {
        self.settings = settings
        self.family = family
        self.logger = logger
        executor = BlockingExecutor(label: "socket-balancing-\(family.rawValue)")
        state = SocketState(isOnlyNode: settings.isOnlyNode)
        do throws(SystemError) {
            let found = try ControlGroup(settings.cgroup)
            let own = try NamespaceTour.ownCookie()
            let folder = PinnedFolder(cookie: own, group: found.number)
            program = try SocketProgram(family, in: folder, for: found)
            (group, cookie, self.folder) = (found, own, folder)
        } catch {
            throw DataplaneError(error)
        }
    }

    static func wrapping<Value>(
        _ body: () throws(SystemError) -> Value
    ) throws(DataplaneError) -> Value {
        do throws(SystemError) { return try body() } catch { throw DataplaneError(error) }
    }

    // MARK: Dataplane

    public nonisolated var flowSources: [any FlowSource] { [SocketFlows(family, in: folder)] }

    public func apply(_ delta: FamilyDelta) throws(DataplaneError) -> ApplyReport {
        guard isAchieved else {
            state.take(delta)
            return try reconcile()
        }
        let plan = state.apply(delta)
        return try attempt { () throws(SystemError) in
            try commit(plan)
            return plan
        }
    }

    public func verify() throws(DataplaneError) -> ApplyReport {
        if isAchieved, program.isAttached { return report(SocketPlan()) }
        return try reconcile()
    }

    public func looksAsLeft() -> Bool { !isAchieved || program.isAttached }

    /// Makes the maps what is wanted, whatever they hold, and attaches the program.
    private func reconcile() throws(DataplaneError) -> ApplyReport {
        let wasAchieved = isAchieved
        var report = try attempt { () throws(SystemError) in
            if !program.isAttached {
                // Somebody removed it, or a part of it: what is still pinned is used again.
                program = try SocketProgram(family, in: program.folder, for: group)
            }
            let plan = state.reconcile(with: try read())
            try commit(plan)
            try program.attach()
            try program.setSwitch(cookie)
            return plan
        }
        report.repaired = wasAchieved
        return report
    }

    /// Where the maps cannot be made right, nothing is translated by them.
    private func attempt(
        _ body: () throws(SystemError) -> SocketPlan
    ) throws(DataplaneError) -> ApplyReport {
        isAchieved = false
        do throws(SystemError) {
            let plan = try body()
            isAchieved = true
            return report(plan)
        } catch {
            try? program.setSwitch(nil)
            guard settings.fallsBack else {
                throw DataplaneError(
                    operation: "socket balancing: \(error.operation)", code: error.code, message: error.message)
            }
            logger.error(
                "connections of sockets are left to the packet rules, until the next verification",
                metadata: ["family": "\(family.rawValue)", "error": "\(error)"])
            return report(SocketPlan())
        }
    }

    private func report(_ plan: SocketPlan) -> ApplyReport {
        ApplyReport(
            messages: plan.calls, added: plan.added, removed: plan.removed,
            figures: [
                .socketFrontends: isAchieved ? state.frontendCount : 0,
                .socketPortsWithoutRoom: state.withoutRoom.count,
            ])
    }

    /// Removes program and maps of this family and, as they are shared, of the other.
    public func removeAll() throws(DataplaneError) {
        isAchieved = false
        try Self.wrapping { () throws(SystemError) in _ = try program.folder.remove() }
    }

    /// What the calling thread, and programs that it starts, pin from now on ends with them.
    ///
    /// - Throws: EPERM without CAP_SYS_ADMIN.
    public static func beginOwnPins() throws(SystemError) { try PinnedFolder.beginOwn() }

    // MARK: Maps

    private func read() throws(SystemError) -> SocketMaps {
        var maps = SocketMaps()
        for table in SocketTable.allCases { try maps.read(table, from: program.tables[table], codec) }
        return maps
    }

    private func commit(_ plan: SocketPlan) throws(SystemError) { try plan.write(codec, to: &program.tables) }

    // MARK: Sockets

    /// Has sockets that are not connected ask elsewhere, and closes those that wait for an endpoint that is gone.
    public func forget(_ flows: StaleFamilyFlows) throws(DataplaneError) {
        do throws(SystemError) {
            if flows.transports.contains(.udp) { try forgetFlows { $0.isStale(flows) } }
            for transport in flows.transports where transport != .sctp {
                let stale = try sessions(transport).filter { $0.isStale(flows) }
                if !stale.isEmpty { try close(stale, .waiting) }
            }
        } catch {
            throw DataplaneError(error)
        }
    }

    /// Connections to an endpoint itself are nobody's but their program's: those that were led there are closed.
    public func cut(_ flows: UnwantedFlows) throws(DataplaneError) {
        let transport = flows.endpoint.transport
        guard transport != .sctp, flows.endpoint.address.ip.family == family else { return }
        do throws(SystemError) {
            if transport == .udp {
                try forgetFlows { flows.contains($0.frontend, replySource: $0.endpoint) }
            }
            let unwanted = try sessions(transport).filter { flows.contains($0.frontend, replySource: $0.endpoint) }
            if !unwanted.isEmpty { try close(unwanted, flows.isUnansweredOnly ? .waiting : .all) }
        } catch {
            throw DataplaneError(error)
        }
    }

    private func forgetFlows(where isStale: (SocketSession) -> Bool) throws(SystemError) {
        let codec = codec
        let map = try program.map("flows")
        var stale: [[UInt8]] = []
        try map.forEach { key, value in
            // The other way round than in sessions: the key has what was asked for.
            guard let frontend = codec.endpoint(key.dropFirst(8)), let endpoint = codec.endpoint(value) else { return }
            let session = SocketSession(
                socket: 0, transport: .udp, frontend: frontend, endpoint: endpoint, namespace: 0)
            if isStale(session) { stale.append(Array(key)) }
        }
        try map.remove(stale)
    }

    private func sessions(_ transport: TransportProtocol) throws(SystemError) -> [SocketSession] {
        let codec = codec
        var found: [SocketSession] = []
        func add(_ session: SocketSession?) {
            if let session, session.transport == transport { found.append(session) }
        }
        try program.map("connections").forEachConnection(codec) { add($0) }
        try program.map("sessions").forEach { add(SocketSession($0, $1, codec)) }
        return found
    }

    private func close(_ sessions: [SocketSession], _ scope: SocketDiagnosis.Scope) throws(SystemError) {
        let byNamespace = Dictionary(grouping: sessions, by: \.namespace)
        let closed = SharedCount()
        if let own = byNamespace[cookie] {
            var diagnosis = try SocketDiagnosis()
            closed.add(try diagnosis.close(own, scope))
        }
        let others = Set(byNamespace.keys).subtracting([cookie])
        if !others.isEmpty {
            try NamespaceTour.visit(others) { cookie throws(SystemError) in
                var diagnosis = try SocketDiagnosis()
                closed.add(try diagnosis.close(byNamespace[cookie] ?? [], scope))
            }
        }
        let count = closed.value
        if count > 0 {
            logger.info(
                "closed sockets that waited for endpoints that are gone",
                metadata: ["family": "\(family.rawValue)", "sockets": "\(count)"])
        }
    }
}
