import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import PrometheusMetrics
import ServiceModel

/// What the reflectors deliver.
extension ServiceProxy {
    func handle(_ event: ReflectorEvent<Service>) {
        switch event {
        case .changed(let changes):
            for change in changes {
                switch change {
                case .upserted(let service): model.upsert(service).forEach(report)
                case .deleted(let key): model.removeService(key)
                }
            }
            selectorsMayChange.yield()
            count(changes.count, parts.metrics.serviceChanges, parts.metrics.serviceChangesPending)
        case .undecodable(let object): report(object, kind: Service.kind, apiVersion: Service.apiVersion)
        case .synced:
            listed(.services)
            selectorsMayChange.yield()
        }
    }

    func handle(_ event: ReflectorEvent<EndpointSlice>) {
        switch event {
        case .changed(let changes):
            for change in changes {
                switch change {
                case .upserted(let slice): model.upsert(slice).forEach(report)
                case .deleted(let key): model.removeEndpointSlice(key)
                }
            }
            count(changes.count, parts.metrics.endpointChanges, parts.metrics.endpointChangesPending)
        case .undecodable(let object): report(object, kind: EndpointSlice.kind, apiVersion: EndpointSlice.apiVersion)
        case .synced: listed(.endpointSlices)
        }
    }

    private func count(_ changes: Int, _ total: Counter, _ pending: Gauge) {
        total.increment(by: Double(changes))
        pending.add(Double(changes))
        changed()
    }

    func handle(_ event: ReflectorEvent<Node>) {
        switch event {
        case .changed(let changes):
            for change in changes {
                var node: Node?
                if case .upserted(let object) = change { node = object }
                // A Node that is deleted takes no address from rules that work.
                if let node { model.setNode(node) }
                parts.health.nodeChanged(
                    isBeingDeleted: node?.metadata.deletionTimestamp != nil || node == nil,
                    taints: node?.taints.map(\.key) ?? [])
            }
            changed()
        case .undecodable(let object): report(object, kind: Node.kind, apiVersion: Node.apiVersion)
        case .synced: listed(.node)
        }
    }

    func setServiceCIDRs(_ objects: [ServiceCIDR]) {
        model.setServiceCIDRs(objects.flatMap(\.cidrs).compactMap { IPNetwork($0) })
        listed(.serviceCIDRs)
        changed()
    }

    /// Tells the log and the object's owner what is wrong with it.
    func report(_ problem: ServiceProblem) {
        parts.logger.warning("\(problem)", metadata: ["reason": "\(problem.reason.rawValue)"])
        parts.metrics.rejected(kind: problem.kind.rawValue)
        let apiVersion =
            switch problem.kind {
            case .service, .node: "v1"
            case .endpointSlice: EndpointSlice.apiVersion
            }
        parts.report(
            KubeEvent(
                .warning, reason: problem.reason.rawValue, action: "SyncProxyRules", note: problem.message,
                regarding: .init(
                    apiVersion: apiVersion, kind: problem.kind.rawValue, key: problem.key, uid: problem.uid)))
    }

    private func report(_ object: UndecodableObject, kind: String, apiVersion: String) {
        let consequence = object.isKnown ? "its earlier version stays in force" : "it is skipped"
        parts.logger.warning("\(kind) \(object.key?.description ?? "without a name"): \(object.error); \(consequence)")
        parts.metrics.rejected(kind: kind)
        guard let key = object.key else { return }
        parts.report(
            KubeEvent(
                .warning, reason: "Undecodable", action: "SyncProxyRules", note: "\(object.error); \(consequence)",
                regarding: .init(apiVersion: apiVersion, kind: kind, key: key)))
    }
}
