/// What should happen to a connection, what the kernel holds for it, and what blocks it. `-o json` prints it; within
/// one version, fields are added but not removed.
package struct Explanation: Codable, Hashable, Sendable {
    package static let currentVersion = 1

    package var version = Explanation.currentVersion
    package var mode: String
    package var node: String
    /// The source of mode and settings.
    package var settings: String
    package var connection: Connection
    /// Nil if the destination is not a Service's.
    package var service: ServicePart?
    package var outcome: Outcome
    package var sourceRanges: SourceRangesPart?
    package var affinity: AffinityPart?
    package var masquerade: MasqueradePart?
    /// Whether sockets of this host are led to endpoints when they connect; nil where nobody does so.
    package var sockets: SocketPart?
    /// Where the connection may go, and where it may not.
    package var endpoints: [EndpointPart] = []
    package var leftOut: [LeftOutPart] = []
    package var kernel = KernelPart()
    package var connections = ConnectionsPart()
    /// What stops the packet, or may.
    package var obstacles: [Obstacle] = []
    /// The path of one packet, with `--trace`.
    package var trace: TracePart?
    package var gaps: [Gap] = []
    package var notes: [String] = []

    package struct Connection: Codable, Hashable, Sendable {
        package var from: String
        /// Nil: any client.
        package var client: String?
        /// `pod-here`, `node` or `elsewhere`.
        package var origin: String
        package var originReason: String
        package var address: String
        package var port: UInt16
        package var `protocol`: String
    }

    package struct ServicePart: Codable, Hashable, Sendable {
        package var namespace: String
        package var name: String
        /// Empty for the only port of a Service.
        package var portName: String
        package var port: UInt16
        /// `clusterIP`, `externalIP`, `loadBalancerIP` or `nodePort`.
        package var kind: String
        /// The applicable policy, such as `externalTrafficPolicy Local`.
        package var policy: String
        package var policyReason: String
    }

    package struct Outcome: Codable, Hashable, Sendable {
        package enum Result: String, Codable, Hashable, Sendable {
            /// It goes to one of `endpoints`.
            case endpoints
            case refused
            case dropped
            /// It is not translated; `route` says where it goes.
            case untouched
            /// It begins on another node, whose own proxy decides.
            case otherNode = "other-node"
        }

        package var result: Result
        package var reason: String
        /// The error of the client's call, if it is not "connection refused".
        package var error: String?
        /// The route of an untranslated connection: `local`, `forwarded` or `unreachable`, with device and gateway.
        package var route: RoutePart?
    }

    package struct RoutePart: Codable, Hashable, Sendable {
        package var kind: String
        package var device: String?
        package var gateway: String?
        /// For `local`: whether a socket listens there.
        package var isListening: Bool?
    }

    package struct SourceRangesPart: Codable, Hashable, Sendable {
        package var ranges: [String]
        /// Nil if it depends on the client's address.
        package var admits: Bool?
    }

    package struct AffinityPart: Codable, Hashable, Sendable {
        package var seconds: UInt32
        /// The endpoint to which session affinity binds this client.
        package var endpoint: String?
        package var secondsLeft: Double?
        package var place: String?
    }

    package struct SocketPart: Codable, Hashable, Sendable {
        package var isTranslated: Bool
        package var reason: String
        /// How many connections to the Service port were translated so far.
        package var count: UInt64?
    }

    package struct MasqueradePart: Codable, Hashable, Sendable {
        package var applies: Bool
        package var reason: String
    }

    package struct EndpointPart: Codable, Hashable, Sendable {
        package var address: String
        package var weight: UInt16
        /// Its share of new connections, 0 to 1.
        package var share: Double
        package var node: String?
        package var zone: String?
        /// `serving` or `draining`.
        package var state: String
        /// Whether it sees an address of the node instead of the client's.
        package var isMasqueraded: Bool
    }

    package struct LeftOutPart: Codable, Hashable, Sendable {
        package var address: String
        package var node: String?
        package var zone: String?
        /// As ``EndpointExclusion`` names it.
        package var cause: String
        package var reason: String
    }

    package struct KernelPart: Codable, Hashable, Sendable {
        /// Whether the kernel holds the desired state; nil if it was not read.
        package var agrees: Bool?
        package var objects: [ObjectPart] = []

        package var differences: [ObjectPart] { objects.filter { $0.state != "present" } }
    }

    package struct ObjectPart: Codable, Hashable, Sendable {
        package var kind: String
        package var place: String
        package var object: String
        /// `present`, `missing`, `unwanted` or `different`.
        package var state: String
        package var found: String?
    }

    package struct ConnectionsPart: Codable, Hashable, Sendable {
        package var count = 0
        /// The first connections.
        package var shown: [FlowPart] = []
    }

    package struct FlowPart: Codable, Hashable, Sendable {
        package var client: String
        package var destination: String
        /// Nil: it was not translated.
        package var endpoint: String?
        package var isMasqueraded: Bool
        package var isAnswered: Bool
        package var secondsLeft: UInt32
        /// Whether it is one of `endpoints`; nil: it was not translated.
        package var isAllowed: Bool?
    }

    package struct TracePart: Codable, Hashable, Sendable {
        /// Whether explain sent the packet; otherwise it waited for the next.
        package var isSent: Bool
        /// The sender's result, or how the wait ended.
        package var result: String
        /// The steps in nf_tables, in order.
        package var steps: [StepPart] = []
        /// Rules of the legacy tables whose counters increased meanwhile.
        package var counters: [CounterPart] = []
        /// Its conntrack entries now.
        package var connections: [FlowPart] = []
    }

    package struct StepPart: Codable, Hashable, Sendable {
        /// The hook of the base chain that the packet entered.
        package var hook: String
        package var table: String
        package var chain: String
        /// Whether the table is ours.
        package var isOurs: Bool
        /// `rule`, `return` (the end of a chain) or `policy`.
        package var kind: String
        package var rule: String?
        package var verdict: String
        /// The purpose of the chain, if it is ours.
        package var words: String?
    }

    package struct CounterPart: Codable, Hashable, Sendable {
        package var place: String
        package var rule: String
        package var packets: UInt64
    }

    /// Something that stops packets of the connection.
    package struct Obstacle: Codable, Hashable, Sendable {
        /// `drop`, `reject`, `translate`, `no-route`, `forwarding` or `reverse-path`.
        package var kind: String
        /// False if it depends on unknown facts.
        package var isCertain: Bool
        package var place: String
        package var message: String
        /// The affected endpoints; empty: all.
        package var endpoints: [String] = []

        package init(kind: String, isCertain: Bool, place: String, message: String) {
            self.kind = kind
            self.isCertain = isCertain
            self.place = place
            self.message = message
        }
    }

    /// 0 if the kernel holds what it should and nothing stops the packet, 1 if not.
    package var status: Int32 {
        kernel.agrees == false || obstacles.contains { $0.isCertain } ? 1 : 0
    }
}
