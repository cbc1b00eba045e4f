import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources

@Suite("Service validation")
struct ServiceValidationTests {
    static let ip = #""clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"]"#
    static let port = #""ports":[{"port":80}]"#

    /// Specs that the server refuses, and the causes.
    static let refused: [(String, [String])] = [
        ("{}", ["Required spec.ports"]),
        (#"{"ports":[{"port":0}]}"#, ["Invalid spec.ports[0].port", "Invalid spec.ports[0].targetPort"]),
        (#"{"ports":[{"port":80,"targetPort":70000}]}"#, ["Invalid spec.ports[0].targetPort"]),
        (#"{"ports":[{"port":80,"targetPort":"80"}]}"#, ["Invalid spec.ports[0].targetPort"]),
        (
            #"{"ports":[{"port":80,"targetPort":"A_b--"}]}"#,
            [
                "Invalid spec.ports[0].targetPort", "Invalid spec.ports[0].targetPort",
                "Invalid spec.ports[0].targetPort",
            ]
        ),
        (#"{"ports":[{"port":80,"protocol":"ICMP"}]}"#, ["NotSupported spec.ports[0].protocol"]),
        (#"{"ports":[{"port":80},{"name":"a","port":81}]}"#, ["Required spec.ports[0].name"]),
        (#"{"ports":[{"name":"a","port":80},{"name":"a","port":81}]}"#, ["Duplicate spec.ports[1].name"]),
        (#"{"ports":[{"name":"a","port":80},{"name":"b","port":80}]}"#, ["Duplicate spec.ports[1]"]),
        (#"{"ports":[{"port":80,"appProtocol":"a b"}]}"#, ["Invalid spec.ports[0].appProtocol"]),
        (#"{"ports":[{"port":80,"nodePort":30000}]}"#, ["Forbidden spec.ports[0].nodePort"]),
        (
            #"{"type":"NodePort","ports":[{"name":"a","port":80,"nodePort":30000},{"name":"b","port":81,"nodePort":30000}]}"#,
            ["Duplicate spec.ports[1].nodePort"]
        ),
        (#"{\#(port),"selector":{"a b":"-"}}"#, ["Invalid spec.selector", "Invalid spec.selector"]),
        (#"{\#(port),"sessionAffinity":"Cookie"}"#, ["NotSupported spec.sessionAffinity"]),
        (
            #"{\#(port),"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":0}}}"#,
            ["Invalid spec.sessionAffinityConfig.clientIP.timeoutSeconds"]
        ),
        (
            #"{\#(port),"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":86401}}}"#,
            ["Invalid spec.sessionAffinityConfig.clientIP.timeoutSeconds"]
        ),
        (#"{\#(port),"type":"Magic"}"#, ["NotSupported spec.type"]),
        (#"{\#(port),"type":"NodePort","clusterIP":"None","clusterIPs":["None"]}"#, ["Invalid spec.clusterIPs[0]"]),
        (#"{\#(port),"clusterIP":"10.0.0.1"}"#, ["Required spec.clusterIPs"]),
        (#"{\#(port),"clusterIPs":["10.0.0.1"]}"#, ["Invalid spec.clusterIPs"]),
        (#"{\#(port),"clusterIP":"10.0.0.2","clusterIPs":["10.0.0.1"]}"#, ["Invalid spec.clusterIPs"]),
        (#"{\#(port),"clusterIP":"None","clusterIPs":["None","10.0.0.1"]}"#, ["Invalid spec.clusterIPs"]),
        (#"{\#(port),"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","10.0.0.2"]}"#, ["Invalid spec.clusterIPs"]),
        (
            #"{\#(port),"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","fd00::1","10.0.0.3"]}"#,
            ["Invalid spec.clusterIPs"]
        ),
        (#"{\#(port),\#(ip),"ipFamilies":["IPv6"]}"#, ["Invalid spec.clusterIPs[0]"]),
        (
            #"{\#(port),"ipFamilies":["IPv4","IPv4","IPX"]}"#,
            ["Duplicate spec.ipFamilies[1]", "NotSupported spec.ipFamilies[2]"]
        ),
        (#"{\#(port),"ipFamilyPolicy":"Any"}"#, ["NotSupported spec.ipFamilyPolicy"]),
        (
            #"{\#(port),"externalIPs":["x","127.0.0.1","1.2.3.4"]}"#,
            ["Invalid spec.externalIPs[0]", "Invalid spec.externalIPs[1]"]
        ),
        (#"{\#(port),"loadBalancerSourceRanges":["10.0.0.0/8"]}"#, ["Forbidden spec.LoadBalancerSourceRanges"]),
        (
            #"{\#(port),"type":"LoadBalancer","loadBalancerSourceRanges":[" 10.0.0.0/8 ","x"]}"#,
            ["Invalid spec.LoadBalancerSourceRanges[1]"]
        ),
        (#"{\#(port),"allocateLoadBalancerNodePorts":true}"#, ["Forbidden spec.allocateLoadBalancerNodePorts"]),
        (#"{\#(port),"loadBalancerClass":"a/b"}"#, ["Forbidden spec.loadBalancerClass"]),
        (#"{\#(port),"type":"LoadBalancer","loadBalancerClass":"a b"}"#, ["Invalid spec.loadBalancerClass"]),
        (#"{\#(port),"externalTrafficPolicy":"Local"}"#, ["Invalid spec.externalTrafficPolicy"]),
        (#"{\#(port),"type":"NodePort","externalTrafficPolicy":"Near"}"#, ["NotSupported spec.externalTrafficPolicy"]),
        (#"{\#(port),"type":"LoadBalancer","externalTrafficPolicy":"Local"}"#, ["Required spec.healthCheckNodePort"]),
        (#"{\#(port),"healthCheckNodePort":30000}"#, ["Invalid spec.healthCheckNodePort"]),
        (#"{\#(port),"internalTrafficPolicy":"Sometimes"}"#, ["NotSupported spec.internalTrafficPolicy"]),
        (#"{\#(port),"trafficDistribution":"Nearby"}"#, ["NotSupported spec.trafficDistribution"]),
        (#"{"type":"ExternalName"}"#, ["Required spec.externalName"]),
        (#"{"type":"ExternalName","externalName":"a_b"}"#, ["Invalid spec.externalName"]),
        (
            #"{"type":"ExternalName","externalName":"a.b.",\#(ip),"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}"#,
            ["Forbidden spec.clusterIPs", "Forbidden spec.ipFamilies", "Forbidden spec.ipFamilyPolicy"]
        ),
    ]

    @Test(arguments: refused)
    func refusedSpecs(spec: String, causes: [String]) throws {
        #expect(brief(ServiceStrategy().validateCreate(try service(spec), dualStack)) == causes)
    }

    @Test(arguments: [
        #"{\#(port),\#(ip)}"#, #"{"clusterIP":"None","clusterIPs":["None"]}"#,
        #"{"type":"ExternalName","externalName":"example.com."}"#,
        #"{\#(port),\#(ip),"trafficDistribution":"PreferSameNode"}"#,
        #"{\#(port),\#(ip),"externalIPs":["1.2.3.4"],"externalTrafficPolicy":"Local"}"#,
        #"{"ports":[{"name":"a","port":53},{"name":"b","port":53,"protocol":"UDP"},{"name":"c","port":53,"protocol":"SCTP"}],\#(ip)}"#,
        #"{"type":"NodePort",\#(ip),"ports":[{"name":"a","port":53,"nodePort":30000},{"name":"b","port":53,"protocol":"UDP","nodePort":30000}]}"#,
        #"{"type":"LoadBalancer","loadBalancerClass":"a.b/c",\#(port),\#(ip),"loadBalancerIP":"anything"}"#,
    ])
    func acceptedSpecs(spec: String) throws {
        #expect(brief(ServiceStrategy().validateCreate(try service(spec), dualStack)) == [])
    }

    @Test func metadataIsChecked() throws {
        var object = try service(#"{\#(Self.port),\#(Self.ip)}"#, name: "A")
        object[path: "metadata", "labels"] = ["x": "-", "a b": ""]
        object[path: "metadata", "annotations"] = ["a b": "", "B": "fine"]
        object[path: "metadata", "finalizers"] = ["a/b", "alone", "a b"]
        object[path: "metadata", "ownerReferences"] = [["kind": "Pod"]]
        #expect(
            brief(MetadataValidation.validate(object, ServiceStrategy())) == [
                "Invalid metadata.name", "Invalid metadata.labels", "Invalid metadata.labels",
                "Invalid metadata.annotations", "Invalid metadata.ownerReferences.apiVersion",
                "Invalid metadata.ownerReferences.name", "Invalid metadata.ownerReferences.uid",
                "Invalid metadata.finalizers", "Invalid metadata.finalizers[1]", "Invalid metadata.finalizers[2]",
            ])
        object["metadata"] = ["namespace": "t", "annotations": ["a": .string(String(repeating: "x", count: 262_144))]]
        #expect(
            brief(MetadataValidation.validate(object, ServiceStrategy())) == [
                "Required metadata.name", "TooLong metadata.annotations",
            ])
        object["metadata"] = ["generateName": "web-", "name": "web-x", "namespace": "t"]
        #expect(brief(MetadataValidation.validate(object, ServiceStrategy())) == [])
    }

    @Test func loadBalancerStatusIsChecked() throws {
        let old = try service(#"{"type":"LoadBalancer",\#(Self.port),\#(Self.ip)}"#)
        var new = old
        new["status"] = JSONValue(
            text:
                #"{"loadBalancer":{"ingress":[{"ip":"1.2.3"},{"ip":"1.2.3.4","ipMode":"X"},{"hostname":"1.2.3.4"},{"ipMode":"VIP"}]}}"#
        )
        let field = "status.loadBalancer.ingress"
        #expect(
            brief(ServiceStrategy().validateStatusUpdate(new, old: old)) == [
                "Invalid \(field)[0].ip", "Required \(field)[0].ipMode", "NotSupported \(field)[1].ipMode",
                "Invalid \(field)[2].hostname", "Forbidden \(field)[3].ipMode",
            ])
        new[path: "spec", "type"] = "ClusterIP"
        #expect(brief(ServiceStrategy().validateStatusUpdate(new, old: old)) == ["Forbidden \(field)"])
    }
}
