import JSONStream
import KubeAPI
import TestSupport
import Testing

private func decode<Object: APIObject>(_ type: Object.Type = Object.self, _ text: String) throws -> Object {
    try JSONReader.read(Array(text.utf8)) { try Object(reading: &$0) }
}

/// The path and the reason of the error that a text gives; nil if it is read.
private func failure<Object: APIObject>(_ type: Object.Type, _ text: String) -> String? {
    do {
        _ = try decode(type, text)
        return nil
    } catch let error as JSONError {
        return error.path
    } catch {
        return "another error: \(error)"
    }
}

@Suite struct ServiceDecodingTests {
    static let full = """
        {"apiVersion": "v1", "kind": "Service",
         "metadata": {"name": "web", "namespace": "shop", "uid": "u-1", "resourceVersion": "42", "generation": 3,
           "creationTimestamp": "2026-01-02T03:04:05Z", "deletionTimestamp": null, "labels": {"a": "b", "c": null},
           "annotations": {"quoted": "\\"x\\" \\u00e9"},
           "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {".": {}, "f:ports": [1, 2.5e3, true]}}}]},
         "spec": {"type": "LoadBalancer", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1", "fd00::1"],
           "ipFamilies": ["IPv4", "IPv6"], "ipFamilyPolicy": "RequireDualStack", "externalName": "example.org",
           "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "web", "nodePort": 30080},
                     {"name": "dns", "protocol": "UDP", "port": 53, "targetPort": 5353, "appProtocol": null}],
           "selector": {"app": "web"}, "externalIPs": ["1.1.1.1"], "loadBalancerSourceRanges": ["10.0.0.0/8 "],
           "sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60, "new": 1}},
           "externalTrafficPolicy": "Local", "internalTrafficPolicy": "Cluster", "healthCheckNodePort": 31000,
           "allocateLoadBalancerNodePorts": true, "future": {"deep": [[{}]]}},
         "status": {"conditions": [], "loadBalancer": {"ingress": [{"ip": "2.2.2.2", "ipMode": "Proxy", "ports": []},
           {"hostname": "lb.example.org"}]}}}
        """

    @Test func full() throws {
        let service = try decode(Service.self, Self.full)
        #expect(service.metadata.key == ObjectKey(namespace: "shop", name: "web"))
        #expect(service.metadata.uid == "u-1")
        #expect(service.metadata.resourceVersion == "42")
        #expect(service.metadata.creationTimestamp == "2026-01-02T03:04:05Z")
        #expect(service.metadata.deletionTimestamp == nil)
        #expect(service.metadata.labels == ["a": "b", "c": ""])
        #expect(service.metadata.annotations == ["quoted": "\"x\" é"])
        let spec = service.spec
        #expect(spec.type == "LoadBalancer")
        #expect(spec.clusterIP == "10.96.0.1")
        #expect(spec.clusterIPs == ["10.96.0.1", "fd00::1"])
        #expect(spec.ipFamilies == ["IPv4", "IPv6"])
        #expect(spec.externalName == "example.org")
        #expect(
            spec.ports == [
                .init(name: "http", transport: "TCP", port: 80, nodePort: 30080),
                .init(name: "dns", transport: "UDP", port: 53),
            ])
        #expect(spec.externalIPs == ["1.1.1.1"])
        #expect(spec.loadBalancerSourceRanges == ["10.0.0.0/8 "])
        #expect(spec.sessionAffinity == "ClientIP")
        #expect(spec.affinityTimeoutSeconds == 60)
        #expect(spec.externalTrafficPolicy == "Local")
        #expect(spec.internalTrafficPolicy == "Cluster")
        #expect(spec.healthCheckNodePort == 31000)
        #expect(service.loadBalancerIngress == [.init(ip: "2.2.2.2", ipMode: "Proxy"), .init()])
    }

    @Test(arguments: [
        "{}", #"{"metadata":null,"spec":null,"status":null}"#,
        #"{"metadata":{"labels":null},"spec":{"ports":null,"type":null,"clusterIPs":null,"sessionAffinityConfig":null}}"#,
        #"{"spec":{"sessionAffinityConfig":{"clientIP":null}},"status":{"loadBalancer":{"ingress":null}}}"#,
        #"{"spec":{"healthCheckNodePort":null,"externalIPs":[]},"status":{"loadBalancer":null}}"#,
    ]) func nothing(text: String) throws {
        #expect(try decode(Service.self, text) == Service())
    }

    @Test func numbersStayAsSent() throws {
        let service = try decode(
            Service.self, #"{"spec":{"ports":[{"port":-1,"nodePort":70000},{"port":2147483647}]}}"#)
        #expect(service.spec.ports.map(\.port) == [-1, 2_147_483_647])
        #expect(service.spec.ports[0].nodePort == 70000)
    }

    @Test func aFieldTwiceHasItsLastValue() throws {
        let service = try decode(Service.self, #"{"spec":{"ports":[{"port":1}],"ports":[{"port":2}]}}"#)
        #expect(service.spec.ports == [.init(port: 2)])
    }

    @Test(arguments: [
        (#"[]"#, ""), (#"{"metadata":[]}"#, "metadata"), (#"{"metadata":{"name":1}}"#, "metadata.name"),
        (#"{"metadata":{"labels":{"a":1}}}"#, "metadata.labels.a"), (#"{"spec":"x"}"#, "spec"),
        (#"{"spec":{"clusterIP":10}}"#, "spec.clusterIP"), (#"{"spec":{"clusterIPs":"10.0.0.1"}}"#, "spec.clusterIPs"),
        (#"{"spec":{"clusterIPs":["a",2]}}"#, "spec.clusterIPs[1]"),
        (#"{"spec":{"ports":{}}}"#, "spec.ports"), (#"{"spec":{"ports":[{"port":1},3]}}"#, "spec.ports[1]"),
        (#"{"spec":{"ports":[{"port":"80"}]}}"#, "spec.ports[0].port"),
        (#"{"spec":{"ports":[{"port":80.5}]}}"#, "spec.ports[0].port"),
        (#"{"spec":{"ports":[{"port":2147483648}]}}"#, "spec.ports[0].port"),
        (#"{"spec":{"ports":[{"protocol":6}]}}"#, "spec.ports[0].protocol"),
        (
            #"{"spec":{"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":"1"}}}}"#,
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
        ),
        (#"{"status":{"loadBalancer":{"ingress":[{"ip":1}]}}}"#, "status.loadBalancer.ingress[0].ip"),
    ]) func wrongTypes(text: String, path: String) {
        #expect(failure(Service.self, text) == path)
    }
}

@Suite struct EndpointSliceDecodingTests {
    @Test func full() throws {
        let slice = try decode(
            EndpointSlice.self,
            """
            {"metadata": {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}},
             "addressType": "IPv4",
             "endpoints": [
               {"addresses": ["10.0.0.1", "10.0.0.2"], "conditions": {"ready": true, "serving": false, "terminating": true},
                "hostname": "h", "nodeName": "node1", "zone": "zone-a", "targetRef": {"kind": "Pod"},
                "hints": {"forZones": [{"name": "zone-a"}, {"name": "zone-b"}], "forNodes": [{"name": "node1"}]}},
               {"addresses": ["10.0.0.3"], "conditions": {}}, {"addresses": null, "conditions": null, "hints": null}],
             "ports": [{"name": "http", "protocol": "TCP", "port": 8080, "appProtocol": "h2c"}, {}]}
            """)
        #expect(slice.serviceName == "web")
        #expect(slice.addressType == "IPv4")
        #expect(
            slice.endpoints == [
                .init(
                    addresses: ["10.0.0.1", "10.0.0.2"], ready: true, serving: false, terminating: true,
                    nodeName: "node1", zone: "zone-a", zoneHints: ["zone-a", "zone-b"], nodeHints: ["node1"]),
                .init(addresses: ["10.0.0.3"]), .init(),
            ])
        #expect(slice.ports == [.init(name: "http", transport: "TCP", port: 8080), .init()])
    }

    @Test func noService() throws {
        #expect(try decode(EndpointSlice.self, "{}").serviceName == nil)
        #expect(
            try decode(EndpointSlice.self, #"{"metadata":{"labels":{"kubernetes.io/service-name":""}}}"#).serviceName
                == nil)
    }

    @Test(arguments: [
        (#"{"addressType":4}"#, "addressType"), (#"{"endpoints":{}}"#, "endpoints"),
        (#"{"endpoints":[{"addresses":[10]}]}"#, "endpoints[0].addresses[0]"),
        (#"{"endpoints":[{},{"conditions":{"ready":"true"}}]}"#, "endpoints[1].conditions.ready"),
        (#"{"endpoints":[{"nodeName":{}}]}"#, "endpoints[0].nodeName"),
        (#"{"endpoints":[{"hints":{"forZones":["a"]}}]}"#, "endpoints[0].hints.forZones[0]"),
        (#"{"ports":[{"port":1.0}]}"#, "ports[0].port"), (#"{"ports":[{"name":0}]}"#, "ports[0].name"),
    ]) func wrongTypes(text: String, path: String) {
        #expect(failure(EndpointSlice.self, text) == path)
    }
}

@Suite struct NodeDecodingTests {
    @Test func full() throws {
        let node = try decode(
            Node.self,
            """
            {"metadata": {"name": "node1", "labels": {"topology.kubernetes.io/zone": "zone-a"}},
             "spec": {"podCIDR": "10.180.0.0/24", "podCIDRs": ["10.180.0.0/24", "fd00::/64"], "taints": []},
             "status": {"capacity": {"cpu": "2"}, "addresses": [{"type": "InternalIP", "address": "192.168.0.2"}]}}
            """)
        #expect(node.metadata.labels[Node.zoneLabel] == "zone-a")
        #expect(node.podCIDRs == ["10.180.0.0/24", "fd00::/64"])
        #expect(node.addresses == [.init(type: "InternalIP", address: "192.168.0.2")])
    }

    @Test func onePodCIDR() throws {
        #expect(try decode(Node.self, #"{"spec":{"podCIDR":"10.0.0.0/24"}}"#).podCIDRs == ["10.0.0.0/24"])
        #expect(try decode(Node.self, #"{"spec":null,"status":null}"#) == Node())
    }

    @Test func serviceCIDRs() throws {
        let object = try decode(
            ServiceCIDR.self, #"{"metadata":{"name":"kubernetes"},"spec":{"cidrs":["10.96.0.0/16"]}}"#)
        #expect(object.cidrs == ["10.96.0.0/16"])
        #expect(failure(ServiceCIDR.self, #"{"spec":{"cidrs":[1]}}"#) == "spec.cidrs[0]")
        #expect(failure(Node.self, #"{"status":{"addresses":[{"address":1}]}}"#) == "status.addresses[0].address")
    }

    @Test func paths() {
        #expect(Service.collectionPath == "/api/v1/services")
        #expect(EndpointSlice.collectionPath == "/apis/discovery.k8s.io/v1/endpointslices")
        #expect(Node.collectionPath == "/api/v1/nodes")
        #expect(ServiceCIDR.collectionPath == "/apis/networking.k8s.io/v1/servicecidrs")
    }
}

@Suite struct DecodingFuzzTests {
    /// Whatever is done to an object's text, reading it gives an object or a JSONError.
    @Test func mutatedObjects() {
        var random = SeededGenerator(seed: 11)
        let good = Array(ServiceDecodingTests.full.utf8)
        var failures = 0
        for _ in 0..<4000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(index..<min(bytes.count, index + 9))
                case 2: bytes.insert(contentsOf: Array("null".utf8), at: index)
                default: bytes[index] = Array("{}[]\",:0".utf8)[Int.random(in: 0..<8, using: &random)]
                }
            }
            do {
                _ = try JSONReader.read(bytes) { try Service(reading: &$0) }
            } catch {
                #expect(error is JSONError)
                failures += 1
            }
        }
        #expect(failures > 1000)
        #expect(failures < 4000)
    }
}
