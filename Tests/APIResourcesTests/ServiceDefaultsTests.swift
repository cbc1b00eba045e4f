import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources

@Suite("Service defaults")
struct ServiceDefaultsTests {
    @Test(arguments: [
        ("{}", #"{"sessionAffinity":"None","type":"ClusterIP","internalTrafficPolicy":"Cluster"}"#),
        (
            #"{"sessionAffinity":"ClientIP","type":"ExternalName"}"#,
            #"{"sessionAffinity":"ClientIP","type":"ExternalName","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}}}"#
        ),
        (
            #"{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":5}},"type":"X"}"#,
            #"{"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":5}},"type":"X"}"#
        ),
        (
            #"{"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":5}},"type":"X"}"#,
            #"{"type":"X","sessionAffinity":"None"}"#
        ),
        (
            #"{"type":"LoadBalancer"}"#,
            #"{"type":"LoadBalancer","sessionAffinity":"None","externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster","allocateLoadBalancerNodePorts":true}"#
        ),
        (
            #"{"externalIPs":["1.2.3.4"]}"#,
            #"{"externalIPs":["1.2.3.4"],"sessionAffinity":"None","type":"ClusterIP","externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster"}"#
        ),
        (
            #"{"type":"X","ports":[{"port":80},{"name":"","port":81,"targetPort":"","protocol":""},{"port":82,"targetPort":0,"nodePort":0},{"port":83,"targetPort":"web","protocol":"UDP"}]}"#,
            #"{"type":"X","sessionAffinity":"None","ports":[{"port":80,"protocol":"TCP","targetPort":80},{"port":81,"protocol":"TCP","targetPort":81},{"port":82,"protocol":"TCP","targetPort":82},{"port":83,"protocol":"UDP","targetPort":"web"}]}"#
        ),
        (
            #"{"type":"X","clusterIP":"","externalIPs":[],"selector":{},"publishNotReadyAddresses":false,"ports":[],"ipFamilyPolicy":null,"healthCheckNodePort":0}"#,
            #"{"type":"X","sessionAffinity":"None"}"#
        ),
    ])
    func defaults(spec: String, expected: String) throws {
        let object = try service(spec)
        let spec = object["spec"] ?? [:]
        #expect(spec.agrees(with: JSONValue(text: expected)), "\(spec.written)")
    }

    @Test func loadBalancerAddressesAreVIPs() throws {
        var object = try service(#"{"type":"LoadBalancer"}"#)
        object["status"] = JSONValue(text: #"{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"},{"hostname":"a.b"}]}}"#)
        ServiceStrategy().applyDefaults(&object)
        let ingress = (object["status"]?["loadBalancer"]?.items("ingress") ?? [])
        #expect(ingress.map { $0.text("ipMode") } == ["VIP", ""])
    }

    @Test func deprecatedAndIgnoredFieldsWarn() throws {
        let warn = { (spec: String) throws in ServiceStrategy().warnings(try service(spec), old: nil) }
        #expect(try warn(#"{"ports":[{"port":80}]}"#).isEmpty)
        #expect(try warn(#"{"trafficDistribution":"PreferClose"}"#).count == 1)
        #expect(
            try warn(#"{"externalName":"a.b"}"#) == [
                #"spec.externalName is ignored when spec.type is not "ExternalName""#
            ])
        #expect(try warn(#"{"clusterIP":"None","clusterIPs":["None"],"sessionAffinity":"ClientIP"}"#).count == 1)
        #expect(try warn(#"{"externalIPs":["FD00::1"]}"#).count == 2)
    }

}
