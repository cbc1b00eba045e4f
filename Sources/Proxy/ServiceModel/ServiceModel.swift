public import KubeAPI
public import NetworkAddress

/// Turns Services, EndpointSlices and facts about this node into the state that backends program, and yields the
/// changes.
///
/// Pure: no I/O and no clock (it gets the time as an argument, for growing shares). Feed it objects as they arrive,
/// then take a delta. A delta holds only ports whose state really differs from the previous delta's, and its cost is
/// proportional to the number of changed objects.
///
/// **Conflicts.** No two states of a family share a frontend (an address with protocol and port, or a node port with
/// protocol; health check node ports are TCP node ports). The older Service keeps it, by creation time (one without
/// counts as newest), then by namespace and name. Every Service claims all its frontends, whether or not it gets the
/// others. The loser's state lacks the address; a port without its cluster IP has no state. The loser gets the frontend
/// by itself when the winner is removed.
///
/// **An address named twice** in one Service counts once: as cluster IP before load balancer address before external
/// IP, so that source ranges apply to an address that is both of the last two.
public struct ServiceModel: Sendable {
    public let configuration: ServiceModelConfiguration

    /// Slots, named by index; empty ones are listed in `freeSlots`.
    var records: [ServiceRecord] = []
    var freeSlots: [Int32] = []
    var slots: [ObjectKey: Int32] = [:]
    /// Which record each slice is in.
    var sliceSlots: [ObjectKey: Int32] = [:]
    var dirty: Set<Int32> = []

    var nodeNames = NameTable()
    var drainIndex = DrainIndex()
    /// Services that choose endpoints by labels of pods.
    var selectingSlots: Set<Int32> = []
    var podLabels = PodLabels()
    /// Services with a ``EjectionRule``.
    var ejectingSlots: Set<Int32> = []
    public internal(set) var ejections: [ServicePortKey: [EndpointAddress: Ejection]] = [:]
    /// Services with endpoints whose share still grows.
    var ramps: [Int32: Ramp] = [:]
    var restoredStarts: [ObjectKey: [IPAddress: Double]] = [:]
    /// Seconds since 1970, as the model was told.
    var now = 0.0

    var owners: [FrontendKey: Int32] = [:]
    /// All claimants of the frontends that have several.
    var contenders: [FrontendKey: [Int32]] = [:]

    public internal(set) var node = NodeState()
    var deliveredFacts: [IPFamily: NodeFacts] = [:]
    var nodeChanged = true
    var isFirstDelta = true

    /// When endpoints last changed, by the Service.
    var triggerTimes: [Int32: [(family: IPFamily, time: Double)]] = [:]
    /// Problems that were reported and still hold.
    var serviceProblems: [ObjectKey: [ServiceProblem]] = [:]
    var sliceProblems: [ObjectKey: [ServiceProblem]] = [:]
    var conflictProblems: [Int32: [ServiceProblem]] = [:]

    /// Health check node ports and their answers, as of the last delta.
    public internal(set) var healthCheckNodePorts: [ObjectKey: HealthCheckPort] = [:]
    var noLocalEndpoints: [IPFamily: NoLocalEndpointsCounts] = [:]

    public init(configuration: ServiceModelConfiguration) {
        self.configuration = configuration
    }

    /// Whether the next delta may be non-empty.
    public var hasPendingChanges: Bool { !dirty.isEmpty || nodeChanged }

    /// The state of a port as of the last delta.
    public func state(of name: ServicePortName, family: IPFamily) -> ServicePortState? {
        guard let slot = slots[ObjectKey(namespace: name.namespace, name: name.name)] else { return nil }
        return records[Int(slot)].delivered.first { $0.family == family && $0.state.service.name == name }?.state
    }

    /// How many ports drop connections because they have no local endpoint
    /// (`kubeproxy_sync_proxy_rules_no_local_endpoints_total`), as of the last delta.
    public func noLocalEndpointsCounts(family: IPFamily) -> NoLocalEndpointsCounts {
        noLocalEndpoints[family] ?? NoLocalEndpointsCounts()
    }

    /// The sum over the families.
    public var noLocalEndpointsCounts: NoLocalEndpointsCounts {
        noLocalEndpoints.values.reduce(into: NoLocalEndpointsCounts()) { sum, counts in
            sum.internal += counts.internal
            sum.external += counts.external
        }
    }
}

/// Ports with traffic policy Local that have endpoints, but none on this node.
public struct NoLocalEndpointsCounts: Hashable, Sendable {
    public var `internal` = 0
    public var external = 0

    public init() {}
}
