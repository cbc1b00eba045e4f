import JSONStream
import Testing

@testable import KubeAPI

@Suite struct ManagedServiceTests {
    private func read<Object: APIObject>(_ type: Object.Type, _ json: String) throws -> Object {
        try JSONReader.read(Array(json.utf8)) { try Object(reading: &$0) }
    }

    @Test func servicesAreReadForControllers() throws {
        let service = try read(
            ManagedService.self,
            """
            {"metadata": {"name": "web", "namespace": "ns"}, "spec": {"type": "LoadBalancer", "clusterIP": "None",
             "selector": {"app": "web"}, "publishNotReadyAddresses": true, "trafficDistribution": "PreferClose",
             "ipFamilyPolicy": "PreferDualStack", "loadBalancerClass": "a/b", "loadBalancerIP": "192.0.2.1",
             "ports": [{"port": 80, "targetPort": "http", "appProtocol": "h2c"}, {"port": 81, "targetPort": 8081},
              {"name": "c", "protocol": "UDP", "port": 82}]},
             "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1", "ipMode": "VIP"}]}}}
            """)
        #expect(service.isHeadless && service.selectsPods && service.publishNotReadyAddresses)
        #expect(service.ports.map(\.target) == [.name("http"), .number(8081), .number(82)])
        #expect(service.ports.map(\.transport) == ["TCP", "TCP", "UDP"] && service.ports[0].appProtocol == "h2c")
        #expect(service.trafficDistribution == "PreferClose" && service.ipFamilyPolicy == "PreferDualStack")
        #expect(service.loadBalancerClass == "a/b" && service.loadBalancerIP == "192.0.2.1")
        #expect(service.loadBalancerIngress == [.init(ip: "192.0.2.1", ipMode: "VIP")])
        #expect(try !read(ManagedService.self, #"{"spec": {"selector": {}}}"#).selectsPods)
        let external = #"{"spec": {"type": "ExternalName", "selector": {"a": "b"}}}"#
        #expect(try !read(ManagedService.self, external).selectsPods)
    }

    @Test(
        "What is read and written again is the same",
        arguments: [
            #"{"metadata":{"name":"a","namespace":"ns","uid":"u","resourceVersion":"7","labels":{"k":"v"},"annotations":{"x":"y"},"finalizers":["f/g"],"ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web","uid":"w","controller":true,"blockOwnerDeletion":true}]},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true,"serving":false,"terminating":false},"hostname":"h","targetRef":{"kind":"Pod","namespace":"ns","name":"p","uid":"q"},"nodeName":"n","zone":"z","hints":{"forZones":[{"name":"z"}],"forNodes":[{"name":"n"}]}}],"ports":[{"name":"http","protocol":"TCP","port":80,"appProtocol":"h2c"}]}"#,
            #"{"metadata":{"name":"b","namespace":"ns"},"addressType":"IPv6","endpoints":null,"ports":null}"#,
        ])
    func slicesRoundTrip(_ json: String) throws {
        let slice = try read(ManagedEndpointSlice.self, json)
        let again = try JSONReader.read(slice.json.serialized()) { try ManagedEndpointSlice(reading: &$0) }
        #expect(again == slice)
        if !json.contains("null") {
            let type = #"{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","#
            #expect(try slice.json == JSONValue(parsing: Array((type + json.dropFirst()).utf8)))
        }
        // The proxy's type reads the same.
        let lean = try read(EndpointSlice.self, json)
        #expect(lean.endpoints == slice.endpoints.map(\.asProxiesReadIt))
    }

    @Test func endpointsRoundTrip() throws {
        let json =
            #"{"metadata":{"name":"web","namespace":"ns"},"subsets":[{"addresses":[{"ip":"10.0.0.1","hostname":"h","nodeName":"n","targetRef":{"kind":"Pod","name":"p"}}],"notReadyAddresses":[{"ip":"10.0.0.2"}],"ports":[{"name":"http","protocol":"TCP","port":80}]}]}"#
        let endpoints = try read(Endpoints.self, json)
        #expect(endpoints.subsets.first?.notReadyAddresses.map(\.ip) == ["10.0.0.2"])
        let type = #"{"apiVersion":"v1","kind":"Endpoints","#
        #expect(try endpoints.json == JSONValue(parsing: Array((type + json.dropFirst()).utf8)))
    }

    @Test func namespacesAreRead() throws {
        let namespace = try read(
            Namespace.self,
            #"{"metadata":{"name":"a"},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active","conditions":[{"type":"X","status":"True"}]}}"#
        )
        #expect(namespace.finalizers == ["kubernetes"] && namespace.isActive && namespace.conditions.count == 1)
        #expect(try !read(Namespace.self, #"{"status":{"phase":"Terminating"}}"#).isActive)
    }
}

extension ManagedEndpointSlice.Endpoint {
    /// Controllers have the reference whole.
    fileprivate var asProxiesReadIt: EndpointSlice.Endpoint {
        var endpoint = routing
        endpoint.podName = targetRef?.name
        return endpoint
    }
}
