/// The result of `viaduct bench`, as `-o json` prints it. Times are in seconds unless the name says otherwise; sizes in bytes.
public struct BenchReport: Codable, Sendable {
    /// Grows when fields change their meaning.
    public var schema = 1
    /// Set where figures must not be read as times: on an emulated machine only their ratios mean something.
    public var notice: String?
    /// The command that makes this report again.
    public var command: String
    public var machine: MachineDescription
    /// When it began, RFC 3339.
    public var started: String
    public var seconds: Double
    public var endpoints: Int
    public var rounds: Int
    /// New connections to each position in each round, for each protocol.
    public var connections: Int
    /// What could not be measured at all.
    public var unavailable: [Unavailable]
    /// By number of services, in the requested order.
    public var counts: [Count]

    /// Something that is missing in the report, and why.
    public struct Unavailable: Codable, Hashable, Sendable, CustomStringConvertible {
        public var subject: String
        /// Nil: for every number of services.
        public var services: Int?
        public var reason: String

        public var description: String {
            let part = services.map { " with \(TextTable.grouped($0)) services" } ?? ""
            return "\(subject)\(part): \(reason)"
        }
    }

    public struct Count: Codable, Sendable {
        public var services: Int
        public var subjects: [SubjectFigures]
        /// Ways into the kernel, by interface, ours first. Nil if not requested.
        public var ways: [WayFigures]?

        public func subject(_ name: String) -> SubjectFigures? { subjects.first { $0.subject == name } }
    }

    /// All about one way of programming with one number of services.
    public struct SubjectFigures: Codable, Hashable, Sendable {
        /// `no rules`, a mode, a tool or `kube-proxy MODE`.
        public var subject: String
        /// The first programming of everything.
        public var programming: Programming?
        /// One endpoint goes or comes back.
        public var change: Programming?
        /// 1 % of the services (at least one) get another endpoint each, in one go.
        public var churn: Programming?
        /// Everything is removed.
        public var removal: Programming?
        public var memory: Memory?
        public var latency: [Latency]
        /// Payload bytes a second over one connection that stays open, to the last service.
        public var bytesPerSecond: Spread?
        /// Requests of 64 bytes a second over 8 connections that stay open, to the last service.
        public var requestsPerSecond: Spread?
        /// CPU for 10⁹ bits of payload over that connection: of both ends, of the kernel between them, and of the process
        /// that programs.
        public var cpuSecondsPerGigabit: Spread?
        /// Nil without rules, where no choice is made.
        public var fairness: Fairness?
        /// Failed connections of the latency measurement, by error.
        public var failures: [String: Int]
    }

    public struct Programming: Codable, Hashable, Sendable {
        public var seconds: Spread
        /// What of it went into making the objects and the service model.
        public var modelSeconds: Spread?
        /// CPU of the process that programs, the kernel's work on its behalf included.
        public var cpuSeconds: Spread?
        /// In the last round: netlink messages or table exchanges, their bytes, objects created and deleted.
        public var messages: Int?
        public var bytes: Int?
        public var added: Int?
        public var removed: Int?
    }

    /// One way into the kernel. All ways of an interface bring the same content there.
    public struct WayFigures: Codable, Hashable, Sendable {
        public var way: KernelWay
        public var interface: KernelInterface
        public var isOurs: Bool
        /// What the kernel held then, read back and the same as by ours: objects by their kind.
        public var content: [String: Int]
        /// Everything, into a kernel that has nothing.
        public var programming: Programming
        /// One endpoint goes or comes back.
        public var change: Programming
        /// How many times as long as ours, by medians; nil for ours, and where ours is missing.
        public var ratios: WayRatios?
    }

    public struct WayRatios: Codable, Hashable, Sendable {
        public var programmingSeconds: Double?
        public var programmingCPU: Double?
        public var changeSeconds: Double?
        public var changeCPU: Double?

        init(_ figures: (programming: Programming, change: Programming), to ours: (Programming, Programming)) {
            func ratio(_ mine: Spread?, _ other: Spread?) -> Double? {
                guard let mine, let other, other.median > 0 else { return nil }
                return mine.median / other.median
            }
            programmingSeconds = ratio(figures.programming.seconds, ours.0.seconds)
            programmingCPU = ratio(figures.programming.cpuSeconds, ours.0.cpuSeconds)
            changeSeconds = ratio(figures.change.seconds, ours.1.seconds)
            changeCPU = ratio(figures.change.cpuSeconds, ours.1.cpuSeconds)
        }
    }

    public struct Memory: Codable, Hashable, Sendable {
        /// Resident before anything was programmed.
        public var processBefore: Spread?
        /// The most that was resident.
        public var processPeak: Spread?
        /// What SUnreclaim, VmallocUsed and Percpu of /proc/meminfo grew by while all was programmed; nil: not clearly more
        /// than what comes and goes by itself (1 MiB) in most rounds. The rounds where it was are listed.
        public var kernel: Spread?
    }

    /// New connections to one service, in microseconds.
    public struct Latency: Codable, Hashable, Sendable {
        public enum Kind: String, Codable, CaseIterable, Sendable {
            /// Until connect() returned over TCP. A proxy in user space accepts before it reaches an endpoint.
            case connect
            /// Until the first answer over that connection.
            case answer
            /// Until the first answer over UDP.
            case datagram
        }

        public var position: Workload.Position
        public var kind: Kind
        public var p50: Spread
        public var p90: Spread
        public var p99: Spread
        /// The slowest of all rounds.
        public var slowest: Double
        /// The median's distance from that without rules in the same round.
        public var added: Spread?
        public var samples: Int
    }
}

extension BenchReport.SubjectFigures {
    public func latency(_ position: Workload.Position, _ kind: BenchReport.Latency.Kind) -> BenchReport.Latency? {
        latency.first { $0.position == position && $0.kind == kind }
    }
}
