import Dataplane
import NetworkAddress
import ServiceModel

/// What the maps of one IP family are to hold, as a value: it turns changes of Services into changes of elements.
struct SocketState: Sendable {
    /// A Service port and what it has in the maps.
    struct Entry: Sendable {
        var state: ServicePortState
        var number: UInt32
        var port = SocketMaps.Port()
        var slots: [EndpointList: [Endpoint]] = [:]
        var keys: [Key] = []

        func slotCount() -> Int { slots.values.reduce(0) { $0 + $1.count } }
    }

    /// A frontend at one address.
    struct Key: Hashable, Sendable {
        var frontend: FrontendKey
        var isNodePort: Bool
    }

    /// What a Service port wants a key to lead to; nil: it is left to the packet rules.
    private struct Claim: Sendable {
        var owner: UInt32
        var target: SocketMaps.Target?
    }

    /// An address of a Service goes before a node port at the same address.
    private struct Claims: Sendable {
        var address: Claim?
        var nodePort: Claim?

        var target: SocketMaps.Target? { (address ?? nodePort)?.target }

        subscript(key: Key) -> Claim? {
            get { key.isNodePort ? nodePort : address }
            set { if key.isNodePort { nodePort = newValue } else { address = newValue } }
        }
    }

    /// How many elements the maps take; some slots are needed twice while a list is replaced.
    struct Limits: Sendable {
        var frontends = 262_144
        var ports = 131_072
        var slots = 524_288 / 8 * 7
    }

    let isOnlyNode: Bool
    let limits: Limits
    private(set) var entries: [ServicePortName: Entry] = [:]
    private(set) var node = NodeFacts()
    private var claims: [FrontendKey: Claims] = [:]
    /// Frontends in the maps.
    private(set) var frontendCount = 0
    private(set) var slotCount = 0
    /// Service ports for which the maps have no room.
    private(set) var withoutRoom: Set<ServicePortName> = []
    private var lastNumber: UInt32 = 0
    private var lastVersion: UInt32 = 0
    /// What keys led to before the change that is being made.
    private var before: [FrontendKey: SocketMaps.Target?] = [:]

    init(isOnlyNode: Bool = false, limits: Limits = Limits()) {
        self.isOnlyNode = isOnlyNode
        self.limits = limits
    }

    // MARK: Changes

    mutating func apply(_ delta: FamilyDelta) -> SocketPlan {
        var plan = SocketPlan()
        for name in delta.removed { remove(name, &plan) }
        if let facts = delta.node, facts != node {
            node = facts
            let updated = Set(delta.updated.keys)
            for state in entries.values.map(\.state) where !updated.contains(state.service.name) {
                update(state, &plan)
            }
        }
        for state in delta.updated.values { update(state, &plan) }
        return finish(plan)
    }

    /// Takes over what is wanted, without regard to the maps; ``reconcile(with:)`` is next.
    mutating func take(_ delta: FamilyDelta) { _ = apply(delta) }

    /// Makes the maps what is wanted, whatever they hold: what is right in them stays, with its numbers.
    mutating func reconcile(with kernel: SocketMaps) -> SocketPlan {
        let states = entries.values.map(\.state)
        (entries, claims, before, withoutRoom) = ([:], [:], [:], [])
        (frontendCount, slotCount) = (0, 0)
        lastNumber = max(lastNumber, kernel.ports.keys.max() ?? 0)
        lastVersion = max(lastVersion, kernel.slots.keys.map(\.list).max() ?? 0)
        for port in kernel.ports.values {
            lastVersion = max(lastVersion, port.cluster.number, port.local.number)
        }
        adopt(states, kernel)
        var plan = SocketPlan()
        for state in states.sorted(by: { $0.service.name < $1.service.name }) { update(state, &plan) }
        plan = finish(plan)
        let wanted = claims.compactMapValues(\.target)
        plan.putFrontends = wanted.filter { kernel.frontends[$0.key] != $0.value }
        plan.removedFrontends = Set(kernel.frontends.filter { wanted[$0.key] != $0.value }.keys)
        plan.putPorts = [:]
        var used: Set<UInt32> = []
        var versions: Set<SocketMaps.Slot> = []
        for entry in entries.values where entry.port != SocketMaps.Port() {
            used.insert(entry.number)
            if kernel.ports[entry.number] != entry.port { plan.putPorts[entry.number] = entry.port }
            for list in EndpointList.allCases {
                for index in 0..<UInt32(entry.port[list].count) {
                    versions.insert(.init(list: entry.port[list].number, index: index))
                }
            }
        }
        plan.removedPorts = Set(kernel.ports.keys.filter { !used.contains($0) })
        plan.removedSlots = Set(kernel.slots.keys.filter { !versions.contains($0) })
        return plan
    }

    /// Gives Service ports the numbers and lists that they have in the maps.
    private mutating func adopt(_ states: [ServicePortState], _ kernel: SocketMaps) {
        var taken: Set<UInt32> = []
        for state in states {
            let held = state.service.frontends.flatMap { keys($0) }.compactMap { kernel.frontends[$0.frontend]?.port }
            guard let number = held.first(where: { !taken.contains($0) }), let port = kernel.ports[number] else {
                continue
            }
            taken.insert(number)
            var entry = Entry(state: state, number: number, port: port)
            for list in EndpointList.allCases {
                let version = port[list]
                let slots = (0..<UInt32(version.count)).compactMap {
                    kernel.slots[.init(list: version.number, index: $0)].map { Endpoint($0) }
                }
                // Without all of its slots it is none.
                if slots.count == version.count { entry.slots[list] = slots } else { entry.port[list] = .init() }
            }
            slotCount += entry.slotCount()
            entries[state.service.name] = entry
        }
    }

    // MARK: One Service port

    private mutating func remove(_ name: ServicePortName, _ plan: inout SocketPlan) {
        withoutRoom.remove(name)
        guard let entry = entries.removeValue(forKey: name) else { return }
        release(entry)
        for list in EndpointList.allCases { drop(entry.port[list], &plan) }
        if entry.port != SocketMaps.Port() { plan.removedPorts.insert(entry.number) }
        slotCount -= entry.slotCount()
    }

    private mutating func update(_ state: ServicePortState, _ plan: inout SocketPlan) {
        let name = state.service.name
        var entry = entries[name] ?? Entry(state: state, number: nextNumber())
        entry.state = state
        release(entry)
        let old = entry.port
        var targets: [(Key, SocketMaps.Target?)] = []
        var used: Set<EndpointList> = []
        state.service.forEachFrontend { frontend in
            let decision = SocketDecision(frontend, of: state, node, isOnlyNode: isOnlyNode)
            var target: SocketMaps.Target?
            if case .translated(let list, let onlyNode) = decision {
                used.insert(list)
                target = .init(port: entry.number, list: list, isOnlyNode: onlyNode)
            }
            for key in keys(frontend) {
                // Loopback addresses are each namespace's own.
                var own = target
                if key.frontend.ip.isLoopback { own?.isOnlyNode = true }
                targets.append((key, own))
            }
        }
        let wanted = used.reduce(into: [:]) { $0[$1] = SlotAssignment.Wanted(state.choices($1)) }
        let room = entry.slotCount() + limits.slots - slotCount
        let hasRoom =
            wanted.values.reduce(0) { $0 + $1.slotCount } <= room && entries.count < limits.ports
            && frontendCount + targets.count <= limits.frontends
        if hasRoom { withoutRoom.remove(name) } else { withoutRoom.insert(name) }
        slotCount -= entry.slotCount()
        for list in EndpointList.allCases {
            if hasRoom, let wanted = wanted[list] {
                assign(wanted, list, &entry, &plan)
            } else {
                clear(list, &entry, &plan)
            }
        }
        slotCount += entry.slotCount()
        entry.port.affinity = used.isEmpty || !hasRoom ? 0 : state.service.affinityTimeout ?? 0
        if entry.port != old {
            if entry.port == SocketMaps.Port() {
                plan.removedPorts.insert(entry.number)
            } else {
                plan.putPorts[entry.number] = entry.port
            }
        }
        entry.keys = targets.map(\.0)
        for (key, target) in targets { claim(key, Claim(owner: entry.number, target: hasRoom ? target : nil)) }
        entries[name] = entry
    }

    /// The keys of a frontend in the maps: a node port has one for each address.
    private func keys(_ frontend: Frontend) -> [Key] {
        guard frontend.key.isNodePort else { return [Key(frontend: frontend.key, isNodePort: false)] }
        return (node.nodePortAddresses ?? []).map {
            Key(frontend: FrontendKey($0, frontend.key.port, frontend.key.transport), isNodePort: true)
        }
    }

    // MARK: Lists

    private mutating func assign(
        _ wanted: SlotAssignment.Wanted, _ list: EndpointList, _ entry: inout Entry, _ plan: inout SocketPlan
    ) {
        let current = entry.slots[list] ?? []
        let new =
            entry.state.service.affinityTimeout == nil
            ? SlotAssignment.plain(current: current, wanted: wanted)
            : SlotAssignment.affine(current: current, wanted: wanted)
        entry.slots[list] = new
        let changed = zip(current, new).enumerated().filter { $1.0.address != $1.1.address }.map(\.offset)
        let version = entry.port[list]
        // One element is replaced at once, and what is behind the end is not seen until the count says so.
        let isOneStep = changed.isEmpty || changed.count == 1 && current.count == new.count
        guard isOneStep, !current.isEmpty, !new.isEmpty else {
            drop(version, &plan)
            entry.port[list] = .init(number: nextVersion(), count: UInt16(clamping: new.count))
            put(new, 0..<new.count, entry.port[list].number, &plan)
            return
        }
        entry.port[list].count = UInt16(clamping: new.count)
        put(new, changed[...], version.number, &plan)
        if new.count > current.count {
            put(new, current.count..<new.count, version.number, &plan)
        } else {
            for index in new.count..<current.count {
                plan.removedSlots.insert(.init(list: version.number, index: UInt32(index)))
            }
        }
    }

    private func put(
        _ slots: [Endpoint], _ indices: some Sequence<Int>, _ version: UInt32, _ plan: inout SocketPlan
    ) {
        for index in indices {
            let slot = SocketMaps.Slot(list: version, index: UInt32(index))
            plan.putSlots[slot] = slots[index].address
            plan.removedSlots.remove(slot)
        }
    }

    private func clear(_ list: EndpointList, _ entry: inout Entry, _ plan: inout SocketPlan) {
        drop(entry.port[list], &plan)
        entry.port[list] = .init()
        entry.slots[list] = nil
    }

    /// No reader finds this version any more.
    private func drop(_ version: SocketMaps.Version, _ plan: inout SocketPlan) {
        for index in 0..<UInt32(version.count) {
            let slot = SocketMaps.Slot(list: version.number, index: index)
            plan.removedSlots.insert(slot)
            plan.putSlots[slot] = nil
        }
    }

    private mutating func nextNumber() -> UInt32 {
        lastNumber = lastNumber &+ 1
        return lastNumber
    }

    private mutating func nextVersion() -> UInt32 {
        lastVersion = lastVersion &+ 1
        return lastVersion
    }

    // MARK: Frontends

    private mutating func claim(_ key: Key, _ claim: Claim) {
        change(key) { $0[key] = claim }
    }

    private mutating func release(_ entry: Entry) {
        for key in entry.keys where claims[key.frontend]?[key]?.owner == entry.number { change(key) { $0[key] = nil } }
    }

    private mutating func change(_ key: Key, _ body: (inout Claims) -> Void) {
        var changed = claims[key.frontend] ?? Claims()
        let old = changed.target
        if before[key.frontend] == nil { before[key.frontend] = .some(old) }
        body(&changed)
        frontendCount += (changed.target == nil ? 0 : 1) - (old == nil ? 0 : 1)
        claims[key.frontend] = changed.address == nil && changed.nodePort == nil ? nil : changed
    }

    /// Adds what frontends lead to now, where that is something else.
    private mutating func finish(_ unfinished: SocketPlan) -> SocketPlan {
        var plan = unfinished
        for (key, old) in before {
            let new = claims[key]?.target
            if new == old { continue }
            if let new { plan.putFrontends[key] = new }
            if old != nil { plan.removedFrontends.insert(key) }
        }
        before = [:]
        return plan
    }
}
