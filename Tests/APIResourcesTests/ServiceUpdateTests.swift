import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources

@Suite("Service updates")
struct ServiceUpdateTests {
    static let ip =
        #""clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack""#
    static let port = #""ports":[{"port":80}]"#
    static let dual =
        #""clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","fd00::1"],"ipFamilies":["IPv4","IPv6"],"ipFamilyPolicy":"RequireDualStack""#

    static let refused: [(String, String, [String])] = [
        (
            #"{\#(port),\#(ip)}"#,
            #"{\#(port),"clusterIP":"10.0.0.2","clusterIPs":["10.0.0.2"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}"#,
            ["Invalid spec.clusterIPs[0]"]
        ),
        (
            #"{\#(port),\#(ip)}"#,
            #"{\#(port),\#(ip),"ipFamilies":["IPv6"],"clusterIP":"fd00::1","clusterIPs":["fd00::1"]}"#,
            ["Invalid spec.clusterIPs[0]", "Invalid spec.ipFamilies[0]"]
        ),
        (#"{\#(port),\#(ip)}"#, #"{\#(port)}"#, ["Invalid spec.clusterIPs[0]", "Invalid spec.ipFamilies[0]"]),
        (
            #"{\#(port),\#(dual)}"#,
            #"{\#(port),"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"PreferDualStack"}"#,
            ["Invalid spec.ipFamilyPolicy", "Invalid spec.ipFamilyPolicy"]
        ),
        (
            #"{"type":"LoadBalancer",\#(port),\#(ip),"loadBalancerClass":"a/b"}"#,
            #"{"type":"LoadBalancer",\#(port),\#(ip)}"#, ["Invalid spec.loadBalancerClass"]
        ),
        (
            #"{"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":30001,\#(port),\#(ip)}"#,
            #"{"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":30002,\#(port),\#(ip)}"#,
            ["Forbidden spec.healthCheckNodePort"]
        ),
    ]

    @Test(arguments: refused)
    func refusedChanges(old: String, new: String, causes: [String]) throws {
        #expect(brief(ServiceStrategy().validateUpdate(try service(new), old: try service(old), dualStack)) == causes)
    }

    @Test(arguments: [
        (#"{\#(port),\#(dual)}"#, #"{\#(port),\#(ip)}"#),
        (#"{\#(port),\#(ip)}"#, #"{\#(port),\#(dual)}"#),
        (#"{\#(port),\#(ip)}"#, #"{"type":"ExternalName","externalName":"a.b"}"#),
        (
            #"{"clusterIP":"None","clusterIPs":["None"],"ipFamilies":["IPv4"]}"#,
            #"{"clusterIP":"None","clusterIPs":["None"],"ipFamilies":["IPv6"]}"#
        ),
    ])
    func acceptedChanges(old: String, new: String) throws {
        #expect(brief(ServiceStrategy().validateUpdate(try service(new), old: try service(old), dualStack)) == [])
    }

    @Test func fieldsOfTheOldTypeGo() throws {
        let status: JSONValue = ["loadBalancer": ["ingress": [["ip": "1.2.3.4", "ipMode": "VIP"]]]]
        var old = try service(
            #"{"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":30001,"loadBalancerClass":"a/b","ports":[{"port":80,"nodePort":30002}],\#(Self.ip)}"#
        )
        old["status"] = status
        var new = old
        new[path: "spec", "type"] = "ClusterIP"
        ServiceStrategy().prepareForUpdate(&new, old: old, dualStack)
        let spec = new["spec"] ?? .null
        for name in [
            "externalTrafficPolicy", "healthCheckNodePort", "loadBalancerClass", "allocateLoadBalancerNodePorts",
        ] {
            #expect(spec[name] == nil, "\(name)")
        }
        #expect(spec.items("ports").first?["nodePort"] == nil)
        #expect(new["status"] == ["loadBalancer": [:]])
        #expect(brief(ServiceStrategy().validateUpdate(new, old: old, dualStack)) == [])

        new = old
        new[path: "spec", "type"] = "ExternalName"
        new[path: "spec", "externalName"] = "a.b"
        ServiceStrategy().prepareForUpdate(&new, old: old, dualStack)
        for name in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            #expect(new["spec"]?[name] == nil, "\(name)")
        }
    }

    @Test func fieldsThatTheClientChangedStay() throws {
        let old = try service(#"{"type":"NodePort","ports":[{"port":80,"nodePort":30002}],\#(Self.ip)}"#)
        var new = old
        new["spec"] =
            try service(
                #"{"externalTrafficPolicy":"Local","ports":[{"port":80,"nodePort":30009}],\#(Self.ip)}"#)["spec"]
        ServiceStrategy().prepareForUpdate(&new, old: old, dualStack)
        #expect(
            brief(ServiceStrategy().validateUpdate(new, old: old, dualStack)) == [
                "Forbidden spec.ports[0].nodePort", "Invalid spec.externalTrafficPolicy",
            ])
    }

    @Test func statusUpdatesKeepTheSpec() throws {
        let old = try service(#"{\#(Self.port),\#(Self.ip)}"#)
        var new = try service(#"{"type":"NodePort"}"#)
        ServiceStrategy().prepareForStatusUpdate(&new, old: old)
        #expect(new["spec"] == old["spec"])
    }
}
