import Netlink
import NetworkAddress
import ServiceModel
import Testing

@testable import IPVSDataplane

@Suite struct EvidenceTests {
    @Test("Persistence is found by client and frontend, in connections that have no port of the client")
    func templates() throws {
        let text = """
            Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
            TCP 0AB40003 8A1C AC1E004D 0050 0AB40001 0050 ESTABLISHED     899
            TCP 0AB40003 0000 AC1E004D 0050 0AB40001 1F90 NONE          10799
            UDP 0AB40003 0000 AC1E004D 0035 0AB40002 0035 UDP             119
            """
        let client = try #require(IPAddress("10.180.0.3"))
        let destination = EndpointAddress(try #require(IPAddress("172.30.0.77")), 80)
        let found = try #require(PersistenceTable.template(client, destination, .tcp, text: text))
        #expect(found.endpoint == EndpointAddress(try #require(IPAddress("10.180.0.1")), 8080))
        #expect(found.secondsLeft == 10799)
        #expect(PersistenceTable.template(destination.ip, destination, .tcp, text: text) == nil)
        #expect(PersistenceTable.template(client, destination, .udp, text: text) == nil)
    }

    @Test("libnl finds the attributes that we write, and none in what is cut short")
    func attributes() throws {
        let key = FrontendKey(try #require(IPAddress("172.30.0.77")), 80, .tcp)
        let codec = IPVSCodec(family: .ipv4, type: 30)
        var writer = NetlinkWriter()
        try codec.write(
            [.addServer(.frontend(key), VirtualServerSettings(IPVSScheduling(), affinityTimeout: 300))], first: 1,
            to: &writer)
        let message = writer.bytes
        let server = try #require(LibnlAttributes(message: message[...])?.nested(1))
        // IPVS_SVC_ATTR_ADDR, _PORT, _SCHED_NAME and _TIMEOUT of linux/ip_vs.h.
        #expect(server.address(3, .ipv4) == key.ip)
        #expect(server.port(4) == 80)
        #expect(server.text(6) == "rr")
        #expect(server.number(8) == 300)
        #expect(server.number(200) == nil)
        for length in 0..<message.count {
            _ = LibnlAttributes(message: message.prefix(length))?.nested(1)?.address(3, .ipv4)
        }
    }
}
