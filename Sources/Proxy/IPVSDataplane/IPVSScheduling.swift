internal import ServiceModel

/// The schedulers of IPVS (ipvsadm(8)); the raw value is the kernel's name.
public enum IPVSScheduler: String, Hashable, Sendable, CaseIterable {
    case roundRobin = "rr"
    case weightedRoundRobin = "wrr"
    case leastConnection = "lc"
    case weightedLeastConnection = "wlc"
    case localityBasedLeastConnection = "lblc"
    case localityBasedLeastConnectionReplicated = "lblcr"
    case sourceHashing = "sh"
    case destinationHashing = "dh"
    case shortestExpectedDelay = "sed"
    case neverQueue = "nq"
    case weightedFailover = "fo"
    case weightedOverflow = "ovf"
    case maglevHashing = "mh"
    case powerOfTwoChoices = "twos"

    /// What does the same by weights as others without.
    static let weighted: [IPVSScheduler: IPVSScheduler] = [
        .roundRobin: .weightedRoundRobin, .leastConnection: .weightedLeastConnection,
    ]

    /// The names, for messages.
    public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Which endpoint a new connection gets.
public struct IPVSScheduling: Hashable, Sendable {
    /// `sh` and `mh` have these; the values are the kernel's (IP_VS_SVC_F_SCHED1 and 2 of linux/ip_vs.h).
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Choose another endpoint if the chosen one accepts no connections.
        public static let fallback = Flags(rawValue: 0x08)
        /// Include the source port.
        public static let port = Flags(rawValue: 0x10)
    }

    public var scheduler: IPVSScheduler
    public var flags: Flags

    public init(_ scheduler: IPVSScheduler = .roundRobin, flags: Flags = []) {
        self.scheduler = scheduler
        self.flags = flags
    }

    /// Why a text is not a scheduler with flags.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Parses a scheduler's name, with its flags behind a colon: `rr`, `sh:sh-port,sh-fallback`.
    public init(parsing text: String) throws(Invalid) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        try self.init(scheduler: String(parts[0]), flags: parts.count > 1 ? String(parts[1]) : "")
    }

    /// - Parameter flags: names with commas between them, such as `sh-port,sh-fallback`.
    public init(scheduler name: String, flags names: String) throws(Invalid) {
        guard let scheduler = IPVSScheduler(rawValue: name.trimmed) else {
            throw Invalid(description: "\"\(name)\" is not a scheduler of IPVS; use one of \(IPVSScheduler.names)")
        }
        self.init(scheduler, flags: try Self.flags(names, of: scheduler))
    }

    /// Parses flags; each must be one of this scheduler.
    static func flags(_ names: String, of scheduler: IPVSScheduler) throws(Invalid) -> Flags {
        var flags: Flags = []
        for name in names.split(separator: ",").map({ String($0).trimmed }) where !name.isEmpty {
            let known: [String: Flags] =
                scheduler == .sourceHashing || scheduler == .maglevHashing
                ? ["\(scheduler.rawValue)-fallback": .fallback, "\(scheduler.rawValue)-port": .port] : [:]
            guard let flag = known[name] else {
                throw Invalid(
                    description: "\"\(name)\" is not a flag of the scheduler \(scheduler.rawValue); "
                        + (known.isEmpty ? "it has none" : "use \(known.keys.sorted().joined(separator: ", "))"))
            }
            flags.insert(flag)
        }
        return flags
    }
}
