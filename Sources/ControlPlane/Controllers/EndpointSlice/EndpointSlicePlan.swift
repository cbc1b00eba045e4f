import KubeAPI
import NetworkAddress

/// What has to be written for the slices of a Service to hold the endpoints that its pods make.
struct EndpointSlicePlan: Equatable {
    var creations: [ManagedEndpointSlice] = []
    var updates: [ManagedEndpointSlice] = []
    var deletions: [ManagedEndpointSlice] = []
    /// Endpoints that the slices are to hold.
    private(set) var endpointCount = 0
    /// The fewest slices that could hold them.
    private(set) var idealSliceCount = 0

    static let controllerName = "endpointslice-controller.k8s.io"
    static let triggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time"
    static let headlessLabel = "service.kubernetes.io/headless"

    private let service: ManagedService
    private let limit: Int
    private let labels: [String: String]

    /// - Parameters:
    ///   - slices: those of the Service that this controller keeps and that are not being deleted.
    ///   - node: the node of a name.
    ///   - triggerTime: of the change behind the plan, RFC 3339; nil if it is not known.
    ///   - limit: the most endpoints that a slice may have.
    init(
        _ service: ManagedService, pods: [Pod], slices: [ManagedEndpointSlice], node: (String) -> Node?,
        triggerTime: String?, limit: Int
    ) {
        self.service = service
        self.limit = limit
        labels = Self.labels(service)
        let families = Self.families(service)
        deletions = slices.filter { slice in !families.contains { $0.rawValue == slice.addressType } }
        for family in families {
            let desired = DesiredEndpoints(service, pods, family: family, node: node)
            add(family, desired, slices.filter { $0.addressType == family.rawValue })
        }
        // The garbage collector may be deleting the slices of a Service that goes: new ones would race with it.
        if service.metadata.isBeingDeleted { creations = [] }
        for index in creations.indices { creations[index].setTriggerTime(triggerTime) }
        for index in updates.indices { updates[index].setTriggerTime(triggerTime) }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.creations == right.creations && left.updates == right.updates && left.deletions == right.deletions
    }

    var isEmpty: Bool { creations.isEmpty && updates.isEmpty && deletions.isEmpty }

    private mutating func add(_ family: IPFamily, _ desired: DesiredEndpoints, _ slices: [ManagedEndpointSlice]) {
        let own = slices.filter { $0.isOwned(by: service) }
        var made: [ManagedEndpointSlice] = []
        // What is left of a Service of the same name goes.
        var unneeded = slices.filter { !$0.isOwned(by: service) }
        let byPorts = Dictionary(grouping: own) { $0.ports.sorted() }
        for (ports, slices) in byPorts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
        where desired[ports] == nil {
            unneeded += slices
        }
        let ideal = desired.groups.reduce(0) { $0 + ($1.endpoints.count + limit - 1) / limit }
        idealSliceCount += max(ideal, 1)
        for group in desired.groups {
            endpointCount += group.endpoints.count
            let packing = SlicePacking(
                group.endpoints, into: byPorts[group.ports.sorted()] ?? [], limit: limit,
                hasRightLabels: { Self.copiedLabels($0.metadata.labels) == Self.copiedLabels(labels) })
            for var slice in packing.changed {
                slice.metadata.labels = labels
                updates.append(slice)
            }
            unneeded += packing.emptied
            made += packing.new.map { newSlice(family, group.ports, $0) }
        }
        if unneeded.count == slices.count, made.isEmpty {
            // A Service without endpoints has a slice that says so.
            let placeholder = newSlice(family, [], [])
            if unneeded.count == 1, unneeded[0].isPlaceholder(like: placeholder) { return }
            made.append(placeholder)
        }
        reuse(&unneeded, for: &made)
        creations += made
        deletions += unneeded
    }

    /// An update in the place of a deletion and a creation.
    private mutating func reuse(_ unneeded: inout [ManagedEndpointSlice], for made: inout [ManagedEndpointSlice]) {
        unneeded.removeAll { old in
            guard old.isOwned(by: service), let slice = made.popLast() else { return false }
            updates.append(slice.replacing(old))
            return true
        }
    }

    private func newSlice(
        _ family: IPFamily, _ ports: [ManagedEndpointSlice.Port], _ endpoints: [ManagedEndpointSlice.Endpoint]
    ) -> ManagedEndpointSlice {
        var slice = ManagedEndpointSlice(metadata: ObjectMeta(namespace: service.metadata.namespace))
        slice.generateName = ManagedEndpointSlice.generateName(for: service.metadata.name)
        slice.metadata.labels = labels
        slice.metadata.ownerReferences = [OwnerReference(controller: service)]
        slice.addressType = family.rawValue
        slice.ports = ports
        slice.endpoints = endpoints
        return slice
    }

    // MARK: Labels

    private static let reservedLabels = [
        EndpointSlice.serviceNameLabel, ManagedEndpointSlice.managedByLabel, headlessLabel,
    ]

    private static func copiedLabels(_ labels: [String: String]) -> [String: String] {
        labels.filter { !reservedLabels.contains($0.key) }
    }

    private static func labels(_ service: ManagedService) -> [String: String] {
        var labels = copiedLabels(service.metadata.labels)
        if service.isHeadless { labels[headlessLabel] = "" }
        labels[EndpointSlice.serviceNameLabel] = service.metadata.name
        labels[ManagedEndpointSlice.managedByLabel] = controllerName
        return labels
    }

    /// Services of servers that set no families have that of their address; without one, both.
    private static func families(_ service: ManagedService) -> [IPFamily] {
        let given = service.ipFamilies.compactMap { IPFamily(rawValue: $0) }
        if !given.isEmpty { return given }
        guard !service.isHeadless else { return [.ipv4, .ipv6] }
        return [IPAddress(service.clusterIP)?.family ?? .ipv4]
    }
}

extension ManagedEndpointSlice {
    fileprivate func isPlaceholder(like placeholder: ManagedEndpointSlice) -> Bool {
        endpoints.isEmpty && ports.isEmpty && metadata.labels == placeholder.metadata.labels
            && metadata.ownerReferences == placeholder.metadata.ownerReferences
    }

    func isOwned(by service: ManagedService) -> Bool {
        metadata.ownerReferences.contains {
            $0.uid == service.metadata.uid && $0.kind == ManagedService.kind
                && $0.apiVersion == ManagedService.apiVersion
        }
    }

    fileprivate mutating func setTriggerTime(_ time: String?) {
        metadata.annotations[EndpointSlicePlan.triggerTimeAnnotation] = time
    }

    /// The slice as an update of one that is there.
    func replacing(_ old: ManagedEndpointSlice) -> ManagedEndpointSlice {
        var slice = self
        slice.metadata.name = old.metadata.name
        slice.metadata.uid = old.metadata.uid
        slice.metadata.resourceVersion = old.metadata.resourceVersion
        slice.metadata.finalizers = old.metadata.finalizers
        return slice
    }

    /// `web-`; without the dash where the server would refuse it: a prefix may have 253 bytes.
    static func generateName(for service: String) -> String {
        service.utf8.count < 253 ? service + "-" : service
    }
}
