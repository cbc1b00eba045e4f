import NetworkAddress
import ServiceModel
import Testing

@testable import IPVSDataplane

@Suite struct IPVSConnectionsTests {
    private static let listing = """
        Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
        UDP 0AB40003 9C40 AC1E0302 0035 0AB40001 0035 UDP              17
        UDP 0AB40003 9C41 AC1E0302 0035 0AB40102 0035 UDP               3
        TCP 0AB40003 9C42 AC1E0301 0050 0AB40001 0050 ESTABLISHED     897
        UDP fd00:0010:0180:0000:0000:0000:0000:0003 9C43 fd00:0010:0096:0000:0000:0000:0000:0006 0035 fd00:0010:0180:0000:0000:0000:0000:0001 0035 UDP              17
        UDP 0AB40003 9C
        """

    private static func end(_ address: String, _ port: UInt16) throws -> EndpointAddress {
        EndpointAddress(try #require(IPAddress(address)), port)
    }

    @Test("Connections of a protocol and family, as /proc/net/ip_vs_conn lists them") func listing() throws {
        let dns = try Self.end("172.30.3.2", 53)
        #expect(
            IPVSConnections.connections(.udp, .ipv4, text: Self.listing) == [
                .init(client: try Self.end("10.180.0.3", 40000), destination: dns),
                .init(client: try Self.end("10.180.0.3", 40001), destination: dns),
            ])
        #expect(
            IPVSConnections.connections(.tcp, .ipv4, text: Self.listing) == [
                .init(client: try Self.end("10.180.0.3", 40002), destination: try Self.end("172.30.3.1", 80))
            ])
        #expect(
            IPVSConnections.connections(.udp, .ipv6, text: Self.listing) == [
                .init(client: try Self.end("fd00:10:180::3", 40003), destination: try Self.end("fd00:10:96::6", 53))
            ])
        #expect(IPVSConnections.connections(.sctp, .ipv4, text: "").isEmpty)
    }
}
