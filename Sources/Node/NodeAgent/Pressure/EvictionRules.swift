import KubeAPI

/// Whether a node runs short, and which pod has to go then (kubelet's eviction). Pure.
struct EvictionRules: Hashable, Sendable {
    enum Signal: String, Hashable, Sendable, CaseIterable {
        case memory
        case ephemeralStorage = "ephemeral-storage"
        case inodes

        var condition: String { self == .memory ? "MemoryPressure" : "DiskPressure" }
    }

    /// What the host has left.
    struct Room: Hashable, Sendable {
        /// Bytes.
        var availableMemory: UInt64 = .max
        /// Parts of the file system of pods' volumes, 0 to 1.
        var freeStorage = 1.0
        var freeInodes = 1.0
    }

    struct Candidate: Hashable, Sendable {
        var uid: String
        var name: String
        var priority: Int64
        /// Bytes.
        var usage: UInt64
        var request: UInt64
        var isStatic: Bool
    }

    /// kubelet's hard thresholds.
    var leastMemory: UInt64 = 100 << 20
    var leastStorage = 0.10
    var leastInodes = 0.05

    func signals(_ room: Room) -> Set<Signal> {
        var signals: Set<Signal> = []
        if room.availableMemory < leastMemory { signals.insert(.memory) }
        if room.freeStorage < leastStorage { signals.insert(.ephemeralStorage) }
        if room.freeInodes < leastInodes { signals.insert(.inodes) }
        return signals
    }

    /// Who uses more than it asked for goes before others, then who matters less, then who is furthest above its request.
    func victim(_ candidates: [Candidate]) -> Candidate? {
        candidates.filter { !$0.isStatic }.min { one, other in
            let (isOver, otherIsOver) = (one.usage > one.request, other.usage > other.request)
            if isOver != otherIsOver { return isOver }
            if one.priority != other.priority { return one.priority < other.priority }
            let excess = Int64(clamping: one.usage) - Int64(clamping: one.request)
            let otherExcess = Int64(clamping: other.usage) - Int64(clamping: other.request)
            return excess == otherExcess ? one.uid < other.uid : excess > otherExcess
        }
    }

    static func problem(_ signal: Signal, _ victim: Candidate) -> StatusProblem {
        var message = "The node was low on resource: \(signal.rawValue). "
        if signal == .memory {
            message += "Pod \(victim.name) was using \(victim.usage / 1024)Ki, request is \(victim.request / 1024)Ki. "
        }
        return StatusProblem("Evicted", message)
    }
}
