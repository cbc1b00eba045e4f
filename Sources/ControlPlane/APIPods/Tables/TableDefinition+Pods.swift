import APIObjects
import JSONStream
import KubeAPI

extension TableDefinition {
    static let pods = TableDefinition(
        columns: [
            .name, Column(name: "Ready", description: "How many containers are ready, of how many."),
            Column(name: "Status", description: "What the containers do."),
            Column(name: "Restarts", description: "How often containers restarted, and when the last one did."), .age,
            Column(name: "IP", description: "The pod's address.", priority: 1),
            Column(name: "Node", description: "The node that it runs on.", priority: 1),
            Column(name: "Nominated Node", description: "The node where others make room for it.", priority: 1),
            Column(name: "Readiness Gates", description: "How many gates are open, of how many.", priority: 1),
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let status = object["status"] ?? [:]
        let summary = PodSummary(object)
        func known(_ text: String?) -> JSONValue { .string(text.flatMap { $0.isEmpty ? nil : $0 } ?? "<none>") }
        return [
            name(object), .string("\(summary.ready)/\(summary.total)"), .string(summary.reason),
            .string(summary.restartsText(now)), age(object, now), known(status.items("podIPs").first?.text("ip")),
            known(spec.text("nodeName")), known(status.text("nominatedNodeName")), readinessGates(spec, status),
        ]
    }

    private static func readinessGates(_ spec: JSONValue, _ status: JSONValue) -> JSONValue {
        let gates = spec.items("readinessGates").map { $0.text("conditionType") }
        guard !gates.isEmpty else { return "<none>" }
        let open = gates.filter { gate in
            status.items("conditions").first { $0.text("type") == gate }?.text("status") == "True"
        }
        return .string("\(open.count)/\(gates.count)")
    }
}

/// What `kubectl get pods` says about a pod, from its containers' states.
struct PodSummary {
    private(set) var reason: String
    private(set) var ready = 0
    private(set) var total: Int
    private var restarts: Int64 = 0
    private var lastRestart: Timestamp?
    /// Init containers that run beside the others.
    private let sidecars: Set<String>

    init(_ pod: JSONValue) {
        let spec = pod["spec"] ?? [:]
        let status = pod["status"] ?? [:]
        let conditions = status.items("conditions")
        let phase = status.text("phase")
        reason = status.text("reason").isEmpty ? phase : status.text("reason")
        if conditions.contains(where: { $0.text("type") == "PodScheduled" && $0.text("reason") == "SchedulingGated" }) {
            reason = "SchedulingGated"
        }
        sidecars = Set(spec.items("initContainers").filter(PodLevelResources.isSidecar).map { $0.text("name") })
        total = spec.items("containers").count + sidecars.count
        func isTrue(_ type: String) -> Bool {
            conditions.contains { $0.text("type") == type && $0.text("status") == "True" }
        }
        let initializes = initialize(status, count: spec.items("initContainers").count)
        if !initializes || isTrue("Initialized") { run(status, isReady: isTrue("Ready")) }
        guard pod["metadata"]?["deletionTimestamp"] != nil else { return }
        if status.text("reason") == "NodeLost" {
            reason = "Unknown"
        } else if !["Succeeded", "Failed"].contains(phase) {
            reason = "Terminating"
        }
    }

    private mutating func countRestarts(_ container: JSONValue) {
        restarts += container.number("restartCount")
        let ended = container["lastState"]?["terminated"]?.text("finishedAt") ?? ""
        if let time = Timestamp(ended), lastRestart.map({ $0 < time }) ?? true { lastRestart = time }
    }

    /// Goes through the init containers up to the first that has not done its work; whether there is one.
    private mutating func initialize(_ status: JSONValue, count: Int) -> Bool {
        for (index, container) in status.items("initContainerStatuses").enumerated() {
            countRestarts(container)
            let state = container["state"] ?? [:]
            let isSidecar = sidecars.contains(container.text("name"))
            if let end = Self.part(state, "terminated") {
                if end.number("exitCode") == 0 { continue }
                if isSidecar, container.flag("started") {
                    if container.flag("ready") { ready += 1 }
                    continue
                }
                reason = "Init:" + Self.ending(end)
                return true
            }
            if isSidecar, container.flag("started") {
                if container.flag("ready") { ready += 1 }
                continue
            }
            let waiting = Self.part(state, "waiting")?.text("reason") ?? ""
            reason = waiting.isEmpty || waiting == "PodInitializing" ? "Init:\(index)/\(count)" : "Init:\(waiting)"
            return true
        }
        return false
    }

    private mutating func run(_ status: JSONValue, isReady: Bool) {
        restarts = 0
        lastRestart = nil
        for container in status.items("initContainerStatuses") where sidecars.contains(container.text("name")) {
            countRestarts(container)
        }
        var hasRunning = false
        for container in status.items("containerStatuses").reversed() {
            countRestarts(container)
            let state = container["state"] ?? [:]
            let waiting = Self.part(state, "waiting")?.text("reason") ?? ""
            if !waiting.isEmpty {
                reason = waiting
            } else if let end = Self.part(state, "terminated") {
                reason = Self.ending(end)
            } else if container.flag("ready"), state.has("running") {
                hasRunning = true
                ready += 1
            }
        }
        if reason == "Completed", hasRunning { reason = isReady ? "Running" : "NotReady" }
    }

    private static func part(_ state: JSONValue, _ name: String) -> JSONValue? { state.has(name) ? state[name] : nil }

    private static func ending(_ end: JSONValue) -> String {
        if !end.text("reason").isEmpty { return end.text("reason") }
        return end.number("signal") != 0 ? "Signal:\(end.number("signal"))" : "ExitCode:\(end.number("exitCode"))"
    }

    func restartsText(_ now: Timestamp) -> String {
        guard restarts != 0, let lastRestart else { return "\(restarts)" }
        let ago = max(0, (now.microseconds - lastRestart.microseconds) / 1_000_000)
        return "\(restarts) (\(TableDefinition.duration(ago)) ago)"
    }
}
