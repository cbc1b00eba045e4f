public import JSONStream

/// A Pod (core/v1), the fields that controllers and the scheduler use.
public struct Pod: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Pod"
    public static let resource = "pods"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    public var spec = PodSpec()
    public var status = Status()

    public struct Status: Hashable, Sendable {
        /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`; empty before anything is known.
        public var phase = ""
        public var reason = ""
        /// The first is the primary one.
        public var podIPs: [String] = []
        public var hostIP = ""
        public var nominatedNodeName = ""
        public var conditions: [Condition] = []
        /// RFC 3339; empty if it has not started.
        public var startTime = ""
        /// How many times its containers were restarted, in total.
        public var restarts = 0
        /// How many times the container with the most restarts was restarted.
        public var mostRestarts = 0
    }

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec": spec = try PodSpec(reading: &reader)
            case "status": try readStatus(from: &reader)
            default: try reader.skip()
            }
        }
    }

    private mutating func readStatus(from reader: inout JSONReader) throws {
        var single = ""
        try reader.objectIfPresent { key, reader in
            switch key {
            case "phase": status.phase = try reader.stringIfPresent() ?? ""
            case "reason": status.reason = try reader.stringIfPresent() ?? ""
            case "podIP": single = try reader.stringIfPresent() ?? ""
            case "hostIP": status.hostIP = try reader.stringIfPresent() ?? ""
            case "podIPs":
                status.podIPs = try reader.listIfPresent { reader in
                    var ip = ""
                    try reader.object { key, reader in
                        guard "ip" ~= key else { return try reader.skip() }
                        ip = try reader.stringIfPresent() ?? ""
                    }
                    return ip
                }
            case "nominatedNodeName": status.nominatedNodeName = try reader.stringIfPresent() ?? ""
            case "conditions": status.conditions = try reader.listIfPresent { try Condition(reading: &$0) }
            case "startTime": status.startTime = try reader.stringIfPresent() ?? ""
            case "containerStatuses":
                try reader.arrayIfPresent { reader in
                    try reader.object { key, reader in
                        guard "restartCount" ~= key else { return try reader.skip() }
                        let count: Int = try reader.integerIfPresent() ?? 0
                        status.restarts = status.restarts +| count
                        status.mostRestarts = max(status.mostRestarts, count)
                    }
                }
            default: try reader.skip()
            }
        }
        if status.podIPs.isEmpty, !single.isEmpty { status.podIPs = [single] }
    }

    /// Whether all of its containers have ended for good.
    public var isFinished: Bool { status.phase == "Succeeded" || status.phase == "Failed" }

    /// Whether it counts as a replica.
    public var isActive: Bool { !isFinished && !metadata.isBeingDeleted }

    public var readyCondition: Condition? { status.conditions.first { $0.type == "Ready" } }
    public var isReady: Bool { readyCondition?.isTrue ?? false }

    /// Whether it has been ready for this long.
    public func isAvailable(for minimum: Duration, at now: Timestamp) -> Bool {
        guard let ready = readyCondition, ready.isTrue else { return false }
        guard minimum > .zero else { return true }
        return Timestamp(ready.lastTransitionTime).map { $0 + minimum <= now } ?? false
    }
}

/// One aspect of an object's state: `conditions[]` of Pods, Nodes, Deployments and others.
public struct Condition: Hashable, Sendable {
    public var type = ""
    /// `True`, `False` or `Unknown`.
    public var status = ""
    public var reason = ""
    public var message = ""
    /// RFC 3339; empty if the kind has none.
    public var lastTransitionTime = ""
    public var lastUpdateTime = ""
    public var lastHeartbeatTime = ""

    public init(_ type: String, _ status: String, reason: String = "", message: String = "") {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
    }

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "type": type = try reader.stringIfPresent() ?? ""
            case "status": status = try reader.stringIfPresent() ?? ""
            case "reason": reason = try reader.stringIfPresent() ?? ""
            case "message": message = try reader.stringIfPresent() ?? ""
            case "lastTransitionTime": lastTransitionTime = try reader.stringIfPresent() ?? ""
            case "lastUpdateTime": lastUpdateTime = try reader.stringIfPresent() ?? ""
            case "lastHeartbeatTime": lastHeartbeatTime = try reader.stringIfPresent() ?? ""
            default: try reader.skip()
            }
        }
    }

    public var isTrue: Bool { status == "True" }

    /// Times that are empty are left out.
    public var json: JSONValue {
        var value: JSONValue = ["type": .string(type), "status": .string(status)]
        for (name, text) in [
            ("reason", reason), ("message", message), ("lastTransitionTime", lastTransitionTime),
            ("lastUpdateTime", lastUpdateTime), ("lastHeartbeatTime", lastHeartbeatTime),
        ] where !text.isEmpty {
            value[name] = .string(text)
        }
        return value
    }
}
