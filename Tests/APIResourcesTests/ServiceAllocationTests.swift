import APITesting
import JSONStream
import NetworkAddress
import Testing

@testable import APIObjects
@testable import APIResources

@Suite struct ServiceAllocationTests {
    private func allocators(_ ranges: [String] = ["10.96.0.0/24"]) -> Allocators {
        Allocators(serviceCIDRs: ranges.compactMap { IPNetwork($0) }, nodePorts: 30000...30099)
    }

    private func made(_ allocators: Allocators, _ spec: String, old: JSONValue? = nil) throws -> JSONValue {
        var object = try service(spec)
        let strategy = ServiceStrategy()
        let reservation = try strategy.allocate(&object, old: old, allocators)
        if let old { strategy.prepareForUpdate(&object, old: old, dualStack) }
        reservation.keep()
        return object
    }

    private func failure(_ allocators: Allocators, _ spec: String) throws -> StatusError? {
        do {
            _ = try made(allocators, spec)
            return nil
        } catch let error as StatusError {
            return error
        }
    }

    private func taken(_ allocators: Allocators) -> (addresses: Int, ports: Int) {
        allocators.withLock { state in
            (state.addresses.values.reduce(0) { $0 + $1.taken.count }, state.ports.taken.count)
        }
    }

    static let families: [([String], String, [String], String)] = [
        (["10.96.0.0/24"], "{}", ["IPv4"], "SingleStack"),
        (["10.96.0.0/24"], #"{"ipFamilyPolicy":"PreferDualStack"}"#, ["IPv4"], "PreferDualStack"),
        (["fd00::/112"], "{}", ["IPv6"], "SingleStack"),
        (["10.96.0.0/24", "fd00::/112"], "{}", ["IPv4"], "SingleStack"),
        (["fd00::/112", "10.96.0.0/24"], "{}", ["IPv6"], "SingleStack"),
        (["10.96.0.0/24", "fd00::/112"], #"{"ipFamilies":["IPv6"]}"#, ["IPv6"], "SingleStack"),
        (["10.96.0.0/24", "fd00::/112"], #"{"clusterIP":"fd00::5"}"#, ["IPv6"], "SingleStack"),
        (
            ["10.96.0.0/24", "fd00::/112"], #"{"ipFamilyPolicy":"PreferDualStack","ipFamilies":["IPv6"]}"#,
            ["IPv6", "IPv4"], "PreferDualStack"
        ),
        (
            ["10.96.0.0/24", "fd00::/112"], #"{"ipFamilyPolicy":"RequireDualStack"}"#, ["IPv4", "IPv6"],
            "RequireDualStack"
        ),
        (["10.96.0.0/24"], #"{"clusterIP":"None"}"#, ["IPv4", "IPv6"], "RequireDualStack"),
        (["10.96.0.0/24"], #"{"clusterIP":"None","ipFamilies":["IPv6"]}"#, ["IPv6", "IPv4"], "RequireDualStack"),
        (["10.96.0.0/24"], #"{"clusterIP":"None","ipFamilyPolicy":"SingleStack"}"#, ["IPv4"], "SingleStack"),
        (["10.96.0.0/24"], #"{"clusterIP":"None","selector":{"a":"b"}}"#, ["IPv4"], "SingleStack"),
    ]

    @Test(arguments: families)
    func familiesAreSettled(ranges: [String], spec: String, expected: [String], policy: String) throws {
        let allocators = allocators(ranges)
        let made = try made(allocators, spec)["spec"] ?? [:]
        #expect(made.strings("ipFamilies") == expected)
        #expect(made.text("ipFamilyPolicy") == policy)
        #expect(made.text("clusterIP") == made.strings("clusterIPs").first)
        if made.text("clusterIP") != "None" {
            #expect(made.strings("clusterIPs").map { IPAddress($0)?.family.apiName } == expected)
            #expect(taken(allocators).addresses == expected.count)
        }
    }

    @Test(arguments: [
        (#"{"clusterIP":"banana"}"#, "spec.clusterIPs[0]"),
        (#"{"clusterIP":"11.1.1.1"}"#, "spec.clusterIPs"),
        (#"{"clusterIP":"10.96.0.0"}"#, "spec.clusterIPs"),
        (#"{"clusterIP":"10.96.0.255"}"#, "spec.clusterIPs"),
        (#"{"clusterIP":"fd00::1"}"#, "spec.clusterIPs[0]"),
        (#"{"ipFamilies":["IPv6"]}"#, "spec.ipFamilies[0]"),
        (#"{"ipFamilyPolicy":"RequireDualStack"}"#, "spec.ipFamilyPolicy"),
        (#"{"ipFamilies":["IPv4","IPv6"]}"#, "spec.ipFamilyPolicy"),
        // Fields that do not fit each other are told alone.
        (#"{"clusterIP":"10.96.0.9","ipFamilies":["IPv6"]}"#, "spec.clusterIPs[0]"),
        (#"{"clusterIP":"10.96.0.9","clusterIPs":["10.96.0.9","10.96.0.8"]}"#, "spec.clusterIPs"),
        (#"{"ipFamilies":["IPv4","IPv4"]}"#, "spec.ipFamilies[1]"),
        // Only protocols of one port number share a node port.
        (
            #"{"type":"NodePort","ports":[{"port":1,"name":"a","nodePort":30001},{"port":2,"name":"b","protocol":"UDP","nodePort":30001}]}"#,
            "spec.ports[1].nodePort"
        ),
        (#"{"clusterIP":"None","selector":{"a":"b"},"ipFamilyPolicy":"RequireDualStack"}"#, "spec.ipFamilyPolicy"),
        (#"{"type":"NodePort","ports":[{"port":80,"nodePort":80}]}"#, "spec.ports[0].nodePort"),
    ])
    func refusalsNameTheFieldAndTakeNothing(spec: String, field: String) throws {
        let allocators = allocators()
        let causes = try failure(allocators, spec)?.details?.causes ?? []
        #expect(causes.map(\.field).contains(field) && Set(causes.map(\.field)).count <= 1, "\(causes)")
        #expect(taken(allocators) == (0, 0))
    }

    @Test func aPolicyLeftOutIsKept() throws {
        let allocators = allocators()
        let old = try made(allocators, #"{"clusterIP":"10.96.0.7","ipFamilyPolicy":"PreferDualStack"}"#)
        #expect(try made(allocators, "{}", old: old)["spec"]?.text("ipFamilyPolicy") == "PreferDualStack")
    }

    @Test func nodePortsAreSharedByANewServiceOnly() throws {
        let allocators = allocators()
        func ports(_ made: JSONValue) -> [Int64] { made["spec"]?.items("ports").map { $0.number("nodePort") } ?? [] }
        let both = #""ports":[{"port":53,"name":"t"},{"port":53,"name":"u","protocol":"UDP","nodePort":30053}]"#
        #expect(ports(try made(allocators, #"{"type":"NodePort",\#(both)}"#)) == [30053, 30053])
        let plain = #""ports":[{"port":54,"name":"t"},{"port":54,"name":"u","protocol":"UDP"}]"#
        let old = try made(allocators, "{\(plain)}")
        let changed = ports(try made(allocators, #"{"type":"NodePort",\#(plain)}"#, old: old))
        #expect(Set(changed).count == 2 && !changed.contains(0))
        // The ports that were chosen above are any of the range.
        let free = try #require((30060...30062).first { !changed.contains($0) })
        let twice = #""ports":[{"port":54,"name":"t","nodePort":\#(free)},{"port":55,"name":"u","nodePort":\#(free)}]"#
        #expect {
            try made(allocators, #"{"type":"NodePort",\#(twice)}"#, old: old)
        } throws: {
            ($0 as? StatusError)?.message == "duplicate nodePort: {TCP \(free)}"
        }
    }

    @Test func topologyAnnotationsMustAgree() throws {
        var object = try service("{}")
        var annotations: JSONValue = ["service.kubernetes.io/topology-mode": "Auto"]
        annotations["service.kubernetes.io/topology-aware-hints"] = "Disabled"
        object[path: "metadata", "annotations"] = annotations
        let fields = ServiceValidation(object).validate().map(\.field)
        #expect(fields.contains("metadata.annotations[service.kubernetes.io/topology-mode]"))
    }

    @Test func textsAreUpstreams() throws {
        let allocators = allocators()
        _ = try made(allocators, #"{"clusterIP":"10.96.0.7","type":"NodePort","ports":[{"port":80,"nodePort":30001}]}"#)
        #expect(
            try failure(allocators, #"{"clusterIP":"10.96.0.7"}"#)?.message.hasSuffix(
                "provided IP is already allocated")
                == true)
        #expect(
            try failure(allocators, #"{"type":"NodePort","ports":[{"port":80,"nodePort":30001}]}"#)?.message
                .hasSuffix("spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated") == true)
        #expect(
            try failure(allocators, #"{"clusterIP":"10.96.0.255"}"#)?.message.hasSuffix(
                "the provided IP (10.96.0.255) is not in the valid range. The range of valid IPs is 10.96.0.0/24")
                == true)
        #expect(
            try failure(
                allocators, #"{"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":30001}"#)?
                .message.hasSuffix(
                    "failed to allocate requested HealthCheck NodePort 30001: provided port is already allocated")
                == true)
    }

    @Test func portsOfOneNumberShareANodePort() throws {
        let allocators = allocators()
        let object = try made(
            allocators,
            #"{"type":"NodePort","ports":[{"name":"a","port":53},{"name":"b","port":53,"protocol":"UDP"},{"name":"c","port":80,"nodePort":30005},{"name":"d","port":80,"protocol":"UDP"}]}"#
        )
        let ports = ServiceStrategy.nodePorts(object["spec"] ?? [:])
        #expect(ports[0] == ports[1])
        #expect(ports[2...] == [30005, 30005])
        #expect(taken(allocators).ports == 2)
    }

    @Test func loadBalancersMayGoWithoutNodePorts() throws {
        let allocators = allocators()
        let object = try made(
            allocators,
            #"{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,"ports":[{"name":"a","port":80},{"name":"b","port":81,"nodePort":30001}]}"#
        )
        #expect(object["spec"]?.items("ports").map { $0.number("nodePort") } == [0, 30001])
        #expect(taken(allocators).ports == 1)
    }

    @Test func anUpdateKeepsWhatItLeavesOut() throws {
        let allocators = allocators()
        let spec =
            #"{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"name":"a","port":80},{"name":"b","port":81}]}"#
        let old = try made(allocators, spec)
        let new = try made(allocators, spec.replacing(#""port":80"#, with: #""port":8080"#), old: old)
        for name in ["clusterIP", "clusterIPs", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy"] {
            #expect(new["spec"]?[name] == old["spec"]?[name], "\(name)")
        }
        #expect(ServiceStrategy.nodePorts(new["spec"] ?? [:]) == ServiceStrategy.nodePorts(old["spec"] ?? [:]))
        #expect(taken(allocators) == (1, 3))
    }

    @Test func typesChange() throws {
        let allocators = allocators()
        let first = try made(
            allocators, #"{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":80}]}"#)
        #expect(taken(allocators).ports == 2)
        let second = try made(allocators, #"{"type":"NodePort","ports":[{"port":80}]}"#, old: first)
        #expect(taken(allocators).ports == 1)
        let third = try made(allocators, #"{"ports":[{"port":80}]}"#, old: second)
        #expect(taken(allocators).ports == 0)
        #expect(third["spec"]?.text("clusterIP") == first["spec"]?.text("clusterIP"))
        let fourth = try made(allocators, #"{"type":"ExternalName","externalName":"a.b"}"#, old: third)
        #expect(taken(allocators).addresses == 0)
        let fifth = try made(allocators, #"{"ports":[{"port":80}]}"#, old: fourth)
        #expect(taken(allocators).addresses == 1)
        ServiceStrategy().release(fifth, allocators).keep()
        #expect(taken(allocators) == (0, 0))
    }

    @Test func familiesComeAndGo() throws {
        let allocators = allocators(["10.96.0.0/24", "fd00::/112"])
        let single = try made(allocators, "{}")
        let dual = try made(allocators, #"{"ipFamilyPolicy":"RequireDualStack"}"#, old: single)
        #expect(dual["spec"]?.strings("clusterIPs").count == 2)
        #expect(dual["spec"]?.strings("clusterIPs").first == single["spec"]?.text("clusterIP"))
        var object = dual
        object[path: "spec", "ipFamilyPolicy"] = "SingleStack"
        let reservation = try ServiceStrategy().allocate(&object, old: dual, allocators)
        #expect(taken(allocators).addresses == 2, "given back only when stored")
        reservation.keep()
        #expect(taken(allocators).addresses == 1)
        #expect(object["spec"]?.strings("ipFamilies") == ["IPv4"])
        #expect(object["spec"]?.strings("clusterIPs").count == 1)
    }

    @Test func aFullRangeSaysSo() throws {
        let allocators = allocators(["10.96.0.0/29"])
        let objects = try (0..<6).map { _ in try made(allocators, "{}") }
        #expect(Set(objects.map { $0["spec"]?.text("clusterIP") }).count == 6)
        #expect(try failure(allocators, "{}")?.message.hasSuffix("range is full") == true)
        ServiceStrategy().release(objects[3], allocators).keep()
        #expect(try made(allocators, "{}")["spec"]?.text("clusterIP") == objects[3]["spec"]?.text("clusterIP"))
    }

    @Test func theLowBandComesLast() throws {
        let allocators = allocators()
        let addresses = try (0..<200).map { _ in try made(allocators, "{}")["spec"]?.text("clusterIP") ?? "" }
        let last = addresses.map { Int($0.split(separator: ".").last ?? "") ?? 0 }
        #expect(last.allSatisfy { $0 > 16 }, "10.96.0.1 to .16 are kept for those who name them")
        #expect(Set(last).count == 200)
    }
}
