import APITesting
import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIResources

@Suite("Service tables")
struct ServiceTableTests {
    @Test(arguments: [
        (
            #"{"clusterIPs":["10.0.0.1"],"ports":[{"port":80},{"port":53,"protocol":"UDP"}],"selector":{"b":"2","a":"1"}}"#,
            ["ClusterIP", "10.0.0.1", "<none>", "80/TCP,53/UDP", "a=1,b=2"]
        ),
        (
            #"{"clusterIPs":["None"],"externalIPs":["1.1.1.1","2.2.2.2"]}"#,
            ["ClusterIP", "None", "1.1.1.1,2.2.2.2", "<none>", "<none>"]
        ),
        (
            #"{"type":"NodePort","clusterIPs":["10.0.0.1"],"ports":[{"port":80,"nodePort":30080}]}"#,
            ["NodePort", "10.0.0.1", "<none>", "80:30080/TCP", "<none>"]
        ),
        (
            #"{"type":"ExternalName","externalName":"x.example"}"#,
            ["ExternalName", "<none>", "x.example", "<none>", "<none>"]
        ),
        (
            #"{"type":"LoadBalancer","clusterIPs":["10.0.0.1"]}"#,
            ["LoadBalancer", "10.0.0.1", "<pending>", "<none>", "<none>"]
        ),
    ])
    func cells(spec: String, expected: [String]) throws {
        var cells = TableDefinition.services.cells(try service(spec), Timestamp(microseconds: 0))
        #expect(cells.removeFirst() == "s")
        #expect(cells.remove(at: 4) == "<unknown>")
        #expect(cells.map { $0.stringValue ?? "" } == expected)
    }

    @Test func balancedAddressesComeFirst() throws {
        var object = try service(#"{"type":"LoadBalancer","externalIPs":["1.1.1.1"]}"#)
        object["status"] = JSONValue(
            text: #"{"loadBalancer":{"ingress":[{"ip":"9.9.9.9"},{"hostname":"a.b"},{"ip":"3.3.3.3"}]}}"#)
        object[path: "metadata", "creationTimestamp"] = "2026-01-01T00:00:00Z"
        let cells = TableDefinition.services.cells(
            object, Timestamp(microseconds: (1_767_225_600 + 303) * 1_000_000))
        #expect(cells[3] == "3.3.3.3,9.9.9.9,a.b,1.1.1.1")
        #expect(cells[5] == "5m3s")
        #expect(cells.count == TableDefinition.services.columns.count)
    }

    @Test(arguments: [
        (0, "0s"), (119, "119s"), (120, "2m"), (303, "5m3s"), (660, "11m"), (10800, "3h"), (10860, "3h1m"),
        (28800, "8h"), (172_800, "2d"), (176_400, "2d1h"), (691_200, "8d"), (63_072_000, "2y"), (63_158_400, "2y1d"),
        (252_288_000, "8y"),
    ])
    func ages(seconds: Int64, expected: String) { #expect(TableDefinition.duration(seconds) == expected) }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", 1_767_225_600_000_000),
        ("2024-02-29T12:00:00.5Z", 1_709_208_000_500_000), ("2026-01-01T01:00:00+01:00", 1_767_225_600_000_000),
    ])
    func timestamps(text: String, microseconds: Int64) { #expect(Timestamp(text)?.microseconds == microseconds) }

    @Test(arguments: ["", "now", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:0xZ"])
    func unreadableTimestampsAreUnknown(text: String) {
        #expect(TableDefinition.since(text, Timestamp(microseconds: 0)) == "<unknown>")
    }
}
