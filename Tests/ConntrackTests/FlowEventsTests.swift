import Glibc
import Netlink
import NetworkAddress
import ServiceModel
import Testing

@testable import Conntrack

/// Events as ctnetlink sends them (linux/netfilter/nfnetlink_conntrack.h).
@Suite struct FlowEventsTests {
    private struct Flow {
        var client = "10.180.0.3"
        var destination = "172.30.1.2"
        var endpoint = "10.180.1.1"
        var transport: UInt8 = 6
        var port: UInt16 = 80
        var targetPort: UInt16 = 8080
        var status: UInt32 = 0x28
        var state: UInt8?
        var bytes: (UInt64, UInt64)?
    }

    private static func message(_ flow: Flow, type: UInt16 = 0x100) throws -> [UInt8] {
        func end(_ source: String, _ sourcePort: UInt16, _ destination: String, _ port: UInt16, _ type: UInt16)
            throws -> (inout NetlinkWriter) -> Void
        {
            let (source, destination) = (
                try #require(IPAddress(source)).bytes, try #require(IPAddress(destination)).bytes
            )
            return { writer in
                let tuple = writer.beginNested(type)
                let ip = writer.beginNested(1)
                writer.attribute(source.count == 4 ? 1 : 3, bytes: source)
                writer.attribute(source.count == 4 ? 2 : 4, bytes: destination)
                writer.endNested(ip)
                let proto = writer.beginNested(2)
                writer.attribute(1, byte: flow.transport)
                writer.attribute(2, bigEndian: sourcePort)
                writer.attribute(3, bigEndian: port)
                writer.endNested(proto)
                writer.endNested(tuple)
            }
        }
        var writer = NetlinkWriter()
        writer.beginMessage(type: type, flags: 0, sequence: 0)
        writer.netfilterHeader(family: 2)
        try end(flow.client, 40000, flow.destination, flow.port, 1)(&writer)
        try end(flow.endpoint, flow.targetPort, flow.client, 40000, 2)(&writer)
        writer.attribute(3, bigEndian: flow.status)
        if let state = flow.state {
            let information = writer.beginNested(4)
            let tcp = writer.beginNested(1)
            writer.attribute(1, byte: state)
            writer.endNested(tcp)
            writer.endNested(information)
        }
        if let (sent, received) = flow.bytes {
            for (type, count) in [(UInt16(9), sent), (10, received)] {
                let counters = writer.beginNested(type)
                writer.attribute(1, bigEndian: UInt64(3))
                writer.attribute(2, bigEndian: count)
                writer.endNested(counters)
            }
        }
        writer.endMessage()
        return writer.bytes
    }

    private static func take(_ messages: [[UInt8]]) -> FlowBatch {
        var batch = FlowBatch()
        for message in messages { message.withUnsafeBytes { FlowEvents.take($0, &batch) } }
        return batch
    }

    private static func path(_ flow: Flow) throws -> FlowPath {
        FlowPath(
            transport: try #require(TransportProtocol(rawValue: flow.transport)),
            destination: EndpointAddress(try #require(IPAddress(flow.destination)), flow.port),
            endpoint: EndpointAddress(try #require(IPAddress(flow.endpoint)), flow.targetPort))
    }

    @Test("The reply's source is the endpoint, whoever the client is") func new() throws {
        var other = Flow()
        other.client = "192.168.0.1"
        let six = Flow(
            client: "fd00:10:180::3", destination: "fd00:10:96::1", endpoint: "fd00:10:180:1::1", transport: 17)
        let batch = Self.take([try Self.message(Flow()), try Self.message(other), try Self.message(six)])
        #expect(batch.new == [try Self.path(Flow()): 2, try Self.path(six): 1])
        #expect(batch.messages == 3)
    }

    @Test("What nobody translated, other protocols, and other messages are not counted") func others() throws {
        var direct = Flow()
        direct.endpoint = direct.destination
        direct.targetPort = direct.port
        var ping = Flow()
        ping.transport = 1
        #expect(Self.take([try Self.message(direct), try Self.message(ping)]).isEmpty)
        #expect(Self.take([try Self.message(Flow(), type: 0x103)]).isEmpty)
    }

    @Test("Ends bring the bytes of both directions") func ends() throws {
        var flow = Flow()
        flow.bytes = (1_000, 20_000_000_000)
        let batch = Self.take([try Self.message(flow, type: 0x102)])
        #expect(batch.new.isEmpty)
        #expect(batch.ended[try Self.path(flow)]?.bytesSent == 1_000)
        #expect(batch.ended[try Self.path(flow)]?.bytesReceived == 20_000_000_000)
    }

    @Test("A TCP connection lives until its last acknowledgement; one without an answer is told") func states() throws {
        func record(_ state: UInt8?, _ status: UInt32) throws -> FlowRecord? {
            var flow = Flow()
            flow.state = state
            flow.status = status
            return try Self.message(flow).withUnsafeBytes { FlowRecord(UnsafeRawBufferPointer(rebasing: $0[20...])) }
        }
        // SYN_SENT to CLOSE_WAIT, then LAST_ACK, TIME_WAIT, CLOSE.
        for state in UInt8(1)...5 { #expect(try record(state, 2)?.isLive == true) }
        for state in UInt8(6)...8 { #expect(try record(state, 2)?.isLive == false) }
        #expect(try record(nil, 0)?.isLive == true)
        #expect(try record(1, 0x28)?.isAnswered == false)
        #expect(try record(3, 0x2A)?.isAnswered == true)
    }

    @Test("A flood of ways is bounded, and told") func flood() throws {
        var batch = FlowBatch()
        for number in 0..<(FlowBatch.maximumPaths + 10) {
            batch.began(
                FlowPath(
                    transport: .tcp, destination: EndpointAddress(IPAddress(ipv4: UInt32(number)), 80),
                    endpoint: EndpointAddress(IPAddress(ipv4: 1), 80)))
        }
        #expect(batch.new.count == FlowBatch.maximumPaths)
        #expect(batch.hasLost)
    }

    @Test("Bytes that are cut or changed do no harm", arguments: 0..<8) func noise(seed: UInt64) throws {
        var generator = SystemRandomNumberGenerator()
        var flow = Flow()
        flow.state = 1
        flow.bytes = (1, 2)
        let message = try Self.message(flow)
        for _ in 0..<500 {
            var bytes = Array(message.prefix(Int.random(in: 0...message.count, using: &generator)))
            for _ in 0..<Int.random(in: 0...6, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = Self.take([bytes])
        }
    }
}
