import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel

/// A model on node1 in zone-a, with what its deltas added up to.
struct ModelFixture {
    var model: ServiceModel
    var state = AccumulatedState()
    var delta = ProxyDelta()
    /// From objects and from deltas, in order of appearance.
    var problems: [ServiceProblem] = []

    init(_ configuration: ServiceModelConfiguration = ServiceModelConfiguration(nodeName: "node1")) {
        model = ServiceModel(configuration: configuration)
        model.setNode(.make("node1", zone: "zone-a", addresses: ["192.168.0.2", "fd02::2"]))
    }

    mutating func put(_ services: Service...) { for service in services { problems += model.upsert(service) } }

    mutating func put(_ slices: EndpointSlice...) { for slice in slices { problems += model.upsert(slice) } }

    /// Takes a delta; returns what is wrong with it.
    @discardableResult
    mutating func sync() -> [String] {
        let (delta, problems) = model.takeDelta()
        self.delta = delta
        self.problems += problems
        return state.apply(delta)
    }

    func port(
        _ service: String, _ port: String = "", _ transport: TransportProtocol = .tcp, family: IPFamily = .ipv4
    ) -> ServicePortState? {
        let name = ServicePortName(namespace: "default", name: service, port: port, transport: transport)
        return state.ports[family]?[name]
    }

    var messages: [String] { problems.map(\.description) }
}

/// Texts of addresses, for short expectations.
func texts(_ addresses: some Sequence<EndpointAddress>) -> [String] { addresses.map(\.description) }

func ip(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(ipv4: 0) }

func endpoint(_ text: String, _ port: UInt16) -> EndpointAddress { EndpointAddress(ip(text), port) }

extension ModelFixture {
    mutating func put(_ service: Service, _ slices: EndpointSlice...) {
        problems += model.upsert(service)
        for slice in slices { problems += model.upsert(slice) }
    }
}
