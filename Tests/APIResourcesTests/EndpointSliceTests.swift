import APITesting
import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIResources

@Suite("EndpointSlices")
struct EndpointSliceTests {
    private func slice(_ text: String) throws -> JSONValue { try decoded(text, .endpointSlices) }

    @Test func defaultsAreShown() throws {
        var object = try slice(
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"deprecatedTopology":{"a":"b"}}],"ports":[{},{"port":80}]}"#
        )
        EndpointSliceStrategy().prepareForCreate(&object, dualStack)
        #expect(object["endpoints"] == [["addresses": ["10.0.0.1"], "conditions": [:]]])
        #expect(object.items("ports").map { $0.text("name") + $0.text("protocol") } == ["TCP", "TCP"])
        #expect(object.items("ports").map { $0.number("port") } == [0, 80])
        let empty = try slice(#"{"addressType":"IPv4","endpoints":[],"ports":[]}"#)
        #expect(empty["endpoints"] == .null)
        #expect(empty["ports"] == .null)
    }

    private static let many = (0..<101).map { "10.0.0.\($0)" }
    static let refused: [(String, [String])] = [
        (#"{}"#, ["Required addressType"]),
        (#"{"addressType":"IP"}"#, ["NotSupported addressType"]),
        (#"{"addressType":"IPv4","endpoints":[{}]}"#, ["Required endpoints[0].addresses"]),
        (
            #"{"addressType":"IPv4","endpoints":[{"addresses":["x","10.0.0.1","fd00::1","127.0.0.1"]}]}"#,
            [
                "Invalid endpoints[0].addresses[0]", "Invalid endpoints[0].addresses",
                "Invalid endpoints[0].addresses[3]",
            ]
        ),
        (#"{"addressType":"IPv6","endpoints":[{"addresses":["10.0.0.1"]}]}"#, ["Invalid endpoints[0].addresses"]),
        (
            #"{"addressType":"FQDN","endpoints":[{"addresses":["a.b"]},{"addresses":["a"]}]}"#,
            ["Invalid endpoints[1].addresses[0]"]
        ),
        (
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"hostname":"A","nodeName":"B_"}]}"#,
            ["Invalid endpoints[0].nodeName", "Invalid endpoints[0].hostname"]
        ),
        (
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"hints":{"forZones":[{"name":"a"},{"name":"a"},{"name":"a b"}],"forNodes":[{"name":"n"},{"name":"n"},{"name":"N"}]}}]}"#,
            [
                "Duplicate endpoints[0].hints.forZones[1].name", "Invalid endpoints[0].hints.forZones[2].name",
                "Duplicate endpoints[0].hints.forNodes[1].name", "Invalid endpoints[0].hints.forNodes[2].name",
            ]
        ),
        (
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"hints":{"forZones":[{},{},{},{},{},{},{},{},{}]}}]}"#,
            ["TooMany endpoints[0].hints.forZones"]
        ),
        (
            #"{"addressType":"IPv4","ports":[{"name":"A"},{"port":1},{"port":2},{"name":"p","protocol":"X"},{"name":"q","appProtocol":"a b"}]}"#,
            [
                "Invalid ports[0].name", "Duplicate ports[2].name", "NotSupported ports[3].protocol",
                "Invalid ports[4].appProtocol",
            ]
        ),
    ]

    @Test(arguments: refused)
    func refusedSlices(text: String, causes: [String]) throws {
        #expect(brief(EndpointSliceStrategy().validateCreate(try slice(text), dualStack)) == causes)
    }

    @Test func limitsHold() throws {
        var object = try slice(#"{"addressType":"IPv4"}"#)
        object["endpoints"] = [["addresses": .array(Self.many.dropFirst().map { .string($0) })]]
        #expect(brief(EndpointSliceStrategy().validateCreate(object, dualStack)) == [])
        object["endpoints"] = [["addresses": .array(Self.many.map { .string($0) })]]
        #expect(brief(EndpointSliceStrategy().validateCreate(object, dualStack)) == ["TooMany endpoints[0].addresses"])
        object["endpoints"] = .array(Array(repeating: ["addresses": ["10.0.0.1"]], count: 1001))
        #expect(brief(EndpointSliceStrategy().validateCreate(object, dualStack)) == ["TooMany endpoints"])
    }

    @Test func addressTypeIsImmutable() throws {
        let old = try slice(#"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}"#)
        let new = try slice(#"{"addressType":"IPv6","endpoints":[{"addresses":["fd00::1"]}]}"#)
        #expect(brief(EndpointSliceStrategy().validateUpdate(new, old: old, dualStack)) == ["Invalid addressType"])
        #expect(brief(EndpointSliceStrategy().validateUpdate(old, old: old, dualStack)) == [])
    }

    private func cells(_ object: JSONValue) -> [JSONValue] {
        TableDefinition.endpointSlices.cells(object, Timestamp(microseconds: 0))
    }

    @Test func tableShowsThreeOfEach() throws {
        let object = try slice(
            #"{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1","10.0.0.2"]},{"addresses":["10.0.0.3"]},{"addresses":["10.0.0.4"]}],"ports":[{"port":80},{"name":"x"}]}"#
        )
        let cells = self.cells(object)
        #expect(cells == ["x", "IPv4", "80,x", "10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...", "<unknown>"])
        let empty = self.cells(try slice(#"{"addressType":"IPv6"}"#))
        #expect(empty == ["x", "IPv6", "<unset>", "<unset>", "<unknown>"])
    }
}
