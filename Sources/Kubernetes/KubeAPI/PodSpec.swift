public import JSONStream

/// `spec` of a Pod, the fields that controllers and the scheduler use.
public struct PodSpec: Hashable, Sendable {
    public var nodeName = ""
    public var schedulerName = ""
    public var serviceAccountName = ""
    public var nodeSelector: [String: String] = [:]
    public var affinity = Affinity()
    public var tolerations: [Toleration] = []
    public var topologySpreadConstraints: [TopologySpreadConstraint] = []
    public var containers: [Container] = []
    public var initContainers: [Container] = []
    public var overhead: ResourceList = [:]
    /// The request of the whole pod (`spec.resources`), instead of the sum of its containers' requests.
    public var podRequests: ResourceList = [:]
    public var priority: Int32 = 0
    /// `PreemptLowerPriority` or `Never`; empty is the first.
    public var preemptionPolicy = ""
    public var hostNetwork = false
    public var hostname = ""
    public var subdomain = ""
    /// Seconds.
    public var terminationGracePeriod: Int64 = 30
    /// Types of conditions that must be true besides the containers' readiness.
    public var readinessGates: [String] = []
    /// Names of the gates that block scheduling.
    public var schedulingGates: [String] = []

    public struct Container: Hashable, Sendable {
        public var name = ""
        public var image = ""
        public var ports: [Port] = []
        public var requests: ResourceList = [:]
        /// For init containers: `Always` makes it a sidecar.
        public var restartPolicy = ""

        public init() {}

        public struct Port: Hashable, Sendable {
            public var name = ""
            public var containerPort: Int32 = 0
            /// 0 if there is none.
            public var hostPort: Int32 = 0
            public var hostIP = ""
            /// `TCP`, `UDP` or `SCTP`.
            public var transport = "TCP"

            public init() {}
        }
    }

    public init() {}

    public init(reading reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "nodeName": nodeName = try reader.stringIfPresent() ?? ""
            case "schedulerName": schedulerName = try reader.stringIfPresent() ?? ""
            case "serviceAccountName": serviceAccountName = try reader.stringIfPresent() ?? ""
            case "nodeSelector": nodeSelector = try reader.stringMapIfPresent()
            case "affinity": affinity = try Affinity(reading: &reader)
            case "tolerations": tolerations = try reader.listIfPresent { try Toleration(reading: &$0) }
            case "topologySpreadConstraints":
                topologySpreadConstraints = try reader.listIfPresent { try TopologySpreadConstraint(reading: &$0) }
            case "containers": containers = try reader.listIfPresent { try Container(reading: &$0) }
            case "initContainers": initContainers = try reader.listIfPresent { try Container(reading: &$0) }
            case "overhead": overhead = try reader.amountsIfPresent()
            case "resources": podRequests = try reader.requestsIfPresent()
            case "priority": priority = try reader.integerIfPresent() ?? 0
            case "preemptionPolicy": preemptionPolicy = try reader.stringIfPresent() ?? ""
            case "hostNetwork": hostNetwork = try reader.boolIfPresent() ?? false
            case "hostname": hostname = try reader.stringIfPresent() ?? ""
            case "subdomain": subdomain = try reader.stringIfPresent() ?? ""
            case "terminationGracePeriodSeconds": terminationGracePeriod = try reader.integerIfPresent() ?? 30
            case "readinessGates": readinessGates = try reader.namesIfPresent("conditionType")
            case "schedulingGates": schedulingGates = try reader.namesIfPresent("name")
            default: try reader.skip()
            }
        }
    }

    /// The resources that the pod needs on a node: those of containers and sidecars together, or of an init step that
    /// needs more, plus the overhead.
    public var requests: ResourceList {
        var sidecars: ResourceList = [:]
        var steps: ResourceList = [:]
        for container in initContainers {
            if container.restartPolicy == "Always" { sidecars.merge(container.requests, uniquingKeysWith: +) }
            let step =
                container.restartPolicy == "Always"
                ? sidecars : sidecars.merging(container.requests, uniquingKeysWith: +)
            steps.merge(step, uniquingKeysWith: max)
        }
        var total = sidecars
        for container in containers { total.merge(container.requests, uniquingKeysWith: +) }
        total.merge(steps, uniquingKeysWith: max)
        total.merge(podRequests, uniquingKeysWith: { $1 })
        total.merge(overhead, uniquingKeysWith: +)
        return total
    }

    /// The node's ports that the pod uses.
    public var hostPorts: [Container.Port] {
        let running = containers + initContainers.filter { $0.restartPolicy == "Always" }
        return running.flatMap { container in
            container.ports.compactMap { port in
                var port = port
                if hostNetwork, port.hostPort == 0 { port.hostPort = port.containerPort }
                return port.hostPort == 0 ? nil : port
            }
        }
    }
}

extension PodSpec.Container {
    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "name": name = try reader.stringIfPresent() ?? ""
            case "image": image = try reader.stringIfPresent() ?? ""
            case "ports": ports = try reader.listIfPresent { try Port(reading: &$0) }
            case "restartPolicy": restartPolicy = try reader.stringIfPresent() ?? ""
            case "resources": requests = try reader.requestsIfPresent()
            default: try reader.skip()
            }
        }
    }
}

extension PodSpec.Container.Port {
    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "name": name = try reader.stringIfPresent() ?? ""
            case "containerPort": containerPort = try reader.integerIfPresent() ?? 0
            case "hostPort": hostPort = try reader.integerIfPresent() ?? 0
            case "hostIP": hostIP = try reader.stringIfPresent() ?? ""
            case "protocol": transport = try reader.stringIfPresent() ?? "TCP"
            default: try reader.skip()
            }
        }
    }
}

extension JSONReader {
    /// Amounts by name. What is no quantity counts as nothing: the API server has checked it.
    mutating func amountsIfPresent() throws -> ResourceList {
        var amounts: ResourceList = [:]
        try objectIfPresent { key, reader in
            let name = key.string
            switch try reader.peek() {
            case .number: amounts[name] = ResourceAmount(try reader.numberText())
            case .string: amounts[name] = ResourceAmount(try reader.string())
            default: try reader.skip()
            }
        }
        return amounts
    }

    /// The `requests` of `resources`.
    mutating func requestsIfPresent() throws -> ResourceList {
        var requests: ResourceList = [:]
        try objectIfPresent { key, reader in
            guard "requests" ~= key else { return try reader.skip() }
            requests = try reader.amountsIfPresent()
        }
        return requests
    }

    /// One text field of each object of a list.
    mutating func namesIfPresent(_ field: String) throws -> [String] {
        try listIfPresent { reader in
            var name = ""
            try reader.object { key, reader in
                guard key.string == field else { return try reader.skip() }
                name = try reader.stringIfPresent() ?? ""
            }
            return name
        }
    }
}
