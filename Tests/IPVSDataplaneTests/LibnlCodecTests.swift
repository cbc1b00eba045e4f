import Netlink
import NetworkAddress
import ServiceModel
import Testing

@testable import IPVSDataplane

@Suite struct LibnlCodecTests {
    @Test("libnl builds the same messages, byte for byte", arguments: IPFamily.allCases)
    func sameMessages(family: IPFamily) throws {
        let address = IPAddress(family: family, value: family == .ipv4 ? 0xAC1E_0029 : 0xFD00 << 112 | 5)
        let endpoint = EndpointAddress(IPAddress(family: family, value: address.value + 1), 8080)
        let settings = VirtualServerSettings(IPVSScheduling(.sourceHashing, flags: .port), affinityTimeout: 10800)
        let commands = [VirtualServerKey.frontend(FrontendKey(address, 80, .udp)), .mark(0x5600_0001)].flatMap { key in
            [
                IPVSCommand.addServer(key, settings), .addEndpoint(key, endpoint, weight: 1),
                .setEndpoint(key, endpoint, weight: 0), .removeEndpoint(key, endpoint), .setServer(key, settings),
                .removeServer(key),
            ]
        }
        var ours = NetlinkWriter()
        IPVSCodec(family: family, type: 0x21).write(commands, first: 7, to: &ours)
        var theirs = NetlinkWriter()
        try LibnlCodec(family: family, type: 0x21).write(commands, first: 7, to: &theirs)
        #expect(ours.bytes == theirs.bytes)
        #expect(ours.messageCount == theirs.messageCount && theirs.messageCount == commands.count)
    }
}
