import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

@testable import Bench

@Suite struct WorkloadTests {
    @Test("Addresses are within their networks and nobody shares one", arguments: [(4, 1), (1000, 5), (333, 17)])
    func addresses(services: Int, endpoints: Int) {
        let workload = Workload(services: services, endpoints: endpoints)
        let clusterIPs = (0..<services).map(workload.clusterIP)
        let backends = (0..<services).flatMap { workload.allEndpoints($0) + [workload.replacement($0)] }
        #expect(Set(clusterIPs).count == services)
        #expect(Set(backends).count == services * (endpoints + 1))
        #expect(clusterIPs.allSatisfy(Workload.serviceNetwork.contains))
        #expect(backends.allSatisfy(Workload.endpointNetwork.contains))
    }

    @Test func networksAreWhatTheirNamesSay() {
        #expect(Workload.serviceNetwork.description == "10.96.0.0/12")
        #expect(Workload.endpointNetwork.description == "10.128.0.0/9")
    }

    @Test func howManyFit() {
        #expect(Workload(services: 50_000, endpoints: 100).fits)
        #expect(!Workload(services: 100_000, endpoints: 100).fits)
    }

    @Test("What changes is not what is probed", arguments: [4, 5, 7, 10, 100, 101, 1000, 9999])
    func churn(services: Int) {
        let workload = Workload(services: services, endpoints: 3)
        #expect(!workload.isProbed(workload.changing))
        for turn in 0..<5 {
            let churning = workload.churning(turn: turn)
            #expect(!churning.isEmpty && churning.count <= max(1, services / 100))
            #expect(churning.count >= services / 100 - 3)
            #expect(Set(churning).count == churning.count)
            #expect(churning.allSatisfy { (0..<services).contains($0) && !workload.isProbed($0) })
        }
    }

    /// A model that has taken the first delta.
    private static func model(_ workload: Workload) -> (ServiceModel, FamilyDelta?) {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(nodeName: Workload.nodeName, families: [.ipv4]))
        model.setNode(workload.node)
        for number in 0..<workload.services {
            #expect(model.upsert(workload.service(number)).isEmpty)
            #expect(model.upsert(workload.slice(number)).isEmpty)
        }
        let (delta, problems) = model.takeDelta()
        #expect(problems.isEmpty)
        return (model, delta.families[.ipv4])
    }

    @Test("The service model takes the objects: a port a service and one more for each that is probed")
    func objects() throws {
        let workload = Workload(services: 20, endpoints: 3)
        let delta = try #require(Self.model(workload).1)
        #expect(delta.updated.count == 23)
        #expect(delta.updated.values.allSatisfy { $0.clusterEndpoints.count == 3 })
        #expect(delta.updated.keys.filter { $0.transport == .udp }.count == 3)
    }

    @Test("One change concerns one port, a churn as many as it has services, and even and odd turns undo each other")
    func changes() throws {
        let workload = Workload(services: 500, endpoints: 5)
        var (model, _) = Self.model(workload)
        let before = (0..<500).map { model.state(of: ServicePortName.tcp($0), family: .ipv4) }
        _ = model.upsert(workload.changedSlice(turn: 0))
        let gone = model.takeDelta().0.families[.ipv4]
        #expect(gone?.updated.count == 1 && gone?.updated.values.first?.clusterEndpoints.count == 4)
        _ = model.upsert(workload.changedSlice(turn: 1))
        #expect(model.takeDelta().0.families[.ipv4]?.updated.count == 1)
        for slice in workload.churnedSlices(turn: 0) { _ = model.upsert(slice) }
        #expect(model.takeDelta().0.families[.ipv4]?.updated.count == workload.churning(turn: 0).count)
        for slice in workload.churnedSlices(turn: 1) { _ = model.upsert(slice) }
        #expect(model.takeDelta().0.families[.ipv4]?.updated.count == workload.churning(turn: 0).count)
        #expect(before == (0..<500).map { model.state(of: ServicePortName.tcp($0), family: .ipv4) })
    }

    @Test("A whole proxy's change leads to an endpoint that answered no turn before")
    func onlyEndpoint() {
        let workload = Workload(services: 50, endpoints: 5)
        #expect(!workload.allEndpoints(workload.changing).contains(workload.onlyEndpoint(turn: 0)))
        #expect(workload.onlyEndpoint(turn: 0) != workload.onlyEndpoint(turn: 1))
        #expect(workload.onlyEndpoint(turn: 1) == workload.onlyEndpoint(turn: 3))
    }
}

extension ServicePortName {
    fileprivate static func tcp(_ service: Int) -> ServicePortName {
        ServicePortName(namespace: Workload.namespace, name: "svc-\(service)", port: "tcp", transport: .tcp)
    }
}
