import Dataplane
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// The service model with a workload's objects, fed as the proxy feeds it.
struct WorkloadModel {
    private let workload: Workload
    private var model: ServiceModel

    init(_ workload: Workload, _ settings: ProxySettings) {
        self.workload = workload
        model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: Workload.nodeName, families: [.ipv4], nodePortAddresses: .primary,
                localTraffic: settings.detectLocal, masqueradeAll: settings.masqueradeAll,
                annotations: settings.mode.annotations, weightAnnotations: settings.mode.weightAnnotations))
    }

    mutating func load() {
        model.setNode(workload.node)
        model.setServiceCIDRs([Workload.serviceNetwork])
        model.setLocalAddresses([WorldAddresses.nodeToClients, WorldAddresses.nodeToBackends])
        for number in 0..<workload.services {
            _ = model.upsert(workload.service(number))
            _ = model.upsert(workload.slice(number))
        }
    }

    mutating func change(turn: Int) { _ = model.upsert(workload.changedSlice(turn: turn)) }

    mutating func churn(turn: Int) {
        for slice in workload.churnedSlices(turn: turn) { _ = model.upsert(slice) }
    }

    /// What changed since the last call, with what is wrong with the objects.
    ///
    /// - Throws: ``NodeFailure`` if nothing did.
    mutating func takeDelta() throws -> (delta: FamilyDelta, problems: [ServiceProblem]) {
        let (delta, problems) = model.takeDelta()
        guard let mine = delta.families[.ipv4] else { throw NodeFailure(reason: "nothing changed") }
        return (mine, problems)
    }
}
