import KubeAPI
import NetworkAddress

/// What has to be written for slices to hold what Endpoints say that somebody wrote by hand: one slice for each family
/// and set of ports. Pure.
struct MirroringPlan {
    static let controllerName = "endpointslicemirroring-controller.k8s.io"
    private static let skipLabel = "endpointslice.kubernetes.io/skip-mirror"
    private static let leaderAnnotation = "control-plane.alpha.kubernetes.io/leader"
    private static let ownAnnotations = [
        EndpointSlicePlan.triggerTimeAnnotation, "kubectl.kubernetes.io/last-applied-configuration",
    ]

    private struct Key: Hashable {
        var family: IPFamily
        /// Sorted.
        var ports: [ManagedEndpointSlice.Port]
    }

    private(set) var creations: [ManagedEndpointSlice] = []
    private(set) var updates: [ManagedEndpointSlice] = []
    private(set) var deletions: [ManagedEndpointSlice] = []
    /// Addresses that are none.
    private(set) var invalidCount = 0
    /// Addresses beyond the limit.
    private(set) var excessCount = 0

    private let endpoints: Endpoints

    /// - Parameters:
    ///   - slices: the mirrored ones of these Endpoints.
    ///   - limit: the most addresses of one subset that are mirrored; at least 1.
    init(_ endpoints: Endpoints, slices: [ManagedEndpointSlice], limit: Int) {
        self.endpoints = endpoints
        let (desired, ports, order) = desired(limit)
        let present = Dictionary(grouping: slices) { slice in
            IPFamily(rawValue: slice.addressType).map { Key(family: $0, ports: slice.ports.sorted()) }
        }
        var unneeded = present.filter { key, _ in key.map { desired[$0] == nil } ?? true }.flatMap(\.value)
            .sorted { $0.metadata.key < $1.metadata.key }
        var made: [ManagedEndpointSlice] = []
        for key in order {
            let wanted = newSlice(key.family, ports[key] ?? [], Array((desired[key] ?? []).prefix(limit)))
            guard let old = present[key]?.first else {
                made.append(wanted)
                continue
            }
            unneeded += present[key]?.dropFirst() ?? []
            if !Self.isSame(old, wanted) { updates.append(wanted.replacing(old)) }
        }
        for slice in made {
            if let index = unneeded.firstIndex(where: { $0.addressType == slice.addressType }) {
                updates.append(slice.replacing(unneeded.remove(at: index)))
            } else if !endpoints.metadata.isBeingDeleted {
                creations.append(slice)
            }
        }
        deletions = unneeded
    }

    /// Whether Endpoints are to be mirrored at all, as far as they say so themselves.
    static func isWanted(_ endpoints: Endpoints) -> Bool {
        endpoints.metadata.labels[skipLabel] != "true" && endpoints.metadata.annotations[leaderAnnotation] == nil
    }

    private mutating func desired(
        _ limit: Int
    ) -> ([Key: [ManagedEndpointSlice.Endpoint]], [Key: [ManagedEndpointSlice.Port]], [Key]) {
        var found: [Key: [ManagedEndpointSlice.Endpoint]] = [:]
        var ports: [Key: [ManagedEndpointSlice.Port]] = [:]
        var order: [Key] = []
        var known: [Key: Set<ManagedEndpointSlice.Endpoint.Identity>] = [:]
        for subset in endpoints.subsets {
            var count = 0
            let states = subset.addresses.map { ($0, true) } + subset.notReadyAddresses.map { ($0, false) }
            for (address, isReady) in states {
                guard count < limit else {
                    excessCount += 1
                    continue
                }
                guard let ip = IPAddress(address.ip) else {
                    invalidCount += 1
                    continue
                }
                count += 1
                let key = Key(family: ip.family, ports: subset.ports.sorted())
                let endpoint = ManagedEndpointSlice.Endpoint(
                    EndpointSlice.Endpoint(addresses: [ip.description], ready: isReady, nodeName: address.nodeName),
                    hostname: address.hostname, targetRef: address.targetRef)
                guard known[key, default: []].insert(endpoint.identity).inserted else { continue }
                if found[key] == nil {
                    order.append(key)
                    ports[key] = subset.ports
                }
                found[key, default: []].append(endpoint)
            }
        }
        return (found, ports, order)
    }

    private func newSlice(
        _ family: IPFamily, _ ports: [ManagedEndpointSlice.Port], _ members: [ManagedEndpointSlice.Endpoint]
    ) -> ManagedEndpointSlice {
        var slice = ManagedEndpointSlice(metadata: ObjectMeta(namespace: endpoints.metadata.namespace))
        slice.generateName = ManagedEndpointSlice.generateName(for: endpoints.metadata.name)
        slice.metadata.labels = endpoints.metadata.labels
        slice.metadata.labels[EndpointSlice.serviceNameLabel] = endpoints.metadata.name
        slice.metadata.labels[ManagedEndpointSlice.managedByLabel] = Self.controllerName
        slice.metadata.annotations = endpoints.metadata.annotations.filter { !Self.ownAnnotations.contains($0.key) }
        slice.metadata.ownerReferences = [OwnerReference(controller: endpoints)]
        slice.addressType = family.rawValue
        slice.ports = ports
        slice.endpoints = members
        return slice
    }

    private static func isSame(_ old: ManagedEndpointSlice, _ wanted: ManagedEndpointSlice) -> Bool {
        Set(old.endpoints) == Set(wanted.endpoints) && old.metadata.labels == wanted.metadata.labels
            && old.metadata.annotations.filter { !ownAnnotations.contains($0.key) } == wanted.metadata.annotations
    }
}
