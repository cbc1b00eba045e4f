import Foundation
import ProxyServer
import Testing

@testable import Insight

@Suite struct ServicesTableTests {
    /// As the proxy answers it.
    private static func status() throws -> ServicesStatus {
        func traffic(_ connections: Int, _ rate: Double, _ live: Int, _ bytes: Int = 0) -> String {
            #"{"connections": \#(connections), "perSecond": \#(rate), "live": \#(live), "unanswered": 0"#
                + (bytes > 0 ? #", "bytesSent": \#(bytes), "bytesReceived": \#(bytes)"# : "") + "}"
        }
        func endpoint(_ address: String, _ condition: String, _ traffic: String) -> String {
            #"{"address": "\#(address)", "condition": "\#(condition)", "place": "here", "weight": 1, "isUsed": true, "#
                + #""isEjected": false, "traffic": \#(traffic)}"#
        }
        func port(_ namespace: String, _ name: String, _ more: String, _ endpoints: [String], _ traffic: String)
            -> String
        {
            #"{"namespace": "\#(namespace)", "service": "\#(name)", "port": 80, "protocol": "TCP", "family": "IPv4", "#
                + #""clusterIP": "10.96.0.1", \#(more), "endpoints": [\#(endpoints.joined(separator: ","))], "#
                + #""traffic": \#(traffic)}"#
        }
        let json =
            #"{"hasLostEvents": false, "countedSeconds": 5, "programmedSeconds": {"IPv4": 3700}, "ports": ["#
            + port(
                "default", "web",
                #""portName": "http", "kind": "NodePort", "nodePort": 30080, "externalIPs": ["198.51.100.1"], "loadBalancerIPs": [], "internalTrafficPolicy": "Cluster", "externalTrafficPolicy": "Local""#,
                [
                    endpoint("10.0.0.1:80", "ready", traffic(5, 1.5, 2)),
                    endpoint("10.0.0.2:80", "draining", traffic(70, 12, 1, 3_000_000)),
                ], traffic(75, 13.5, 3, 3_000_000)) + ","
            + port(
                "other", "db",
                #""portName": "", "kind": "ClusterIP", "externalIPs": [], "loadBalancerIPs": [], "internalTrafficPolicy": "Local", "externalTrafficPolicy": "Cluster", "affinitySeconds": 60"#,
                [], "{}") + "]}"
        return try JSONDecoder().decode(ServicesStatus.self, from: Data(json.utf8))
    }

    @Test("A Service's line says what it is, what it has and what it does") func services() throws {
        let lines = ServicesTable.columns(try Self.status(), namespace: nil, isWide: true).lines
        #expect(
            lines.map { $0.split(separator: " ").joined(separator: " ") } == [
                "NAMESPACE NAME PORT KIND ADDRESSES POLICY READY DRAINING EJECTED LIVE NEW/S BYTES PROGRAMMED ENDPOINTS",
                "default web http 80:30080/TCP NodePort 10.96.0.1,198.51.100.1 Cluster/Local 1 1 0 3 13.5 5.7Mi "
                    + "61m ago 10.0.0.1:80,10.0.0.2:80",
                "other db 80/TCP ClusterIP 10.96.0.1 Local,ClientIP 0 0 0 - - - 61m ago <none>",
            ])
        // Columns stand under each other.
        let places = lines.map { line in line.firstRange(of: "NodePort") ?? line.firstRange(of: "ClusterIP") }
        #expect(places.compactMap { $0?.lowerBound }.count == 2)
        #expect(
            lines[1].distance(from: lines[1].startIndex, to: places[1]?.lowerBound ?? lines[1].endIndex)
                == lines[0].distance(
                    from: lines[0].startIndex, to: lines[0].firstRange(of: "KIND")?.lowerBound ?? lines[0].endIndex))
        #expect(ServicesTable.columns(try Self.status(), namespace: "other").rows.count == 1)
    }

    @Test("Endpoints are sorted by what is asked for, ties by name") func top() throws {
        let status = try Self.status()
        func endpoints(_ order: TopTable.Order) -> [String] {
            TopTable.columns(status, namespace: nil, order: order).rows.map { $0[3] }
        }
        #expect(endpoints(.new) == ["10.0.0.2:80", "10.0.0.1:80"])
        #expect(endpoints(.live) == ["10.0.0.1:80", "10.0.0.2:80"])
        #expect(endpoints(.bytes) == ["10.0.0.2:80", "10.0.0.1:80"])
        #expect(endpoints(.name) == ["10.0.0.1:80", "10.0.0.2:80"])
        #expect(TopTable.columns(status, namespace: "default", limit: 1).rows.count == 1)
        #expect(
            TopTable.columns(status, namespace: "default").rows.first == [
                "web", "http 80:30080/TCP", "10.0.0.2:80", "here", "draining", "12", "1", "0", "70", "5.7Mi",
            ])
    }

    @Test("Numbers are short") func numbers() {
        #expect(
            [0, 119, 120, 599, 600, 7200, 10_800, 90_000, 200_000].map { HumanNumber.age($0) }
                == ["0s", "119s", "2m", "9m59s", "10m", "120m", "3h", "25h", "2d"])
        #expect(
            [0, 1023, 1024, 1536, 20_480, .max].map { HumanNumber.bytes($0) }
                == ["0", "1023", "1Ki", "1.5Ki", "20Ki", "16Ei"])
        #expect([0, 0.04, 9.96, 1234.5].map { HumanNumber.rate($0) } == ["0", "0", "10", "1235"])
    }
}
