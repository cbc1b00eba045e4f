import Glibc
import LinuxSystem
import NetworkAddress
import Synchronization
import Testing

@testable import Netlink

/// Real changes in a network namespace, ours and those of ip(8).
@Suite(.enabled(if: (try? NetworkNamespace()) != nil, "CAP_SYS_ADMIN")) struct HostWatchTests {
    private final class Heard: Sendable {
        let changes = Mutex<[HostChange?]>([])
        func take() -> [HostChange?] {
            changes.withLock { changes in
                defer { changes = [] }
                return changes
            }
        }

        func wait(for count: Int) {
            for _ in 0..<60_000 where changes.withLock({ $0.count }) < count { usleep(5_000) }
        }
    }

    private static func ip(_ words: String) throws {
        let program = try ChildProcess("/usr/sbin/ip", words.split(separator: " ").map(String.init))
        _ = program.wait(within: .seconds(30))
    }

    @Test("Routes of ours that others remove are heard of, ours and those of others are not; so are addresses")
    func hears() throws {
        let heard = Heard()
        let outcome = try NetworkNamespace().run { () -> Result<[[HostChange?]], any Error> in
            Result {
                var taken: [[HostChange?]] = []
                try Self.ip("link set lo up")
                usleep(200_000)
                let watch = try HostWatch(devices: ["kube-ipvs0"], makers: [199]) { change in
                    heard.changes.withLock { $0.append(change) }
                }
                var addresses = try ServiceAddresses(family: .ipv4)
                let ours = (1...3).map { IPAddress(ipv4: 0x0A60_0000 + UInt32($0)) }
                _ = try addresses.change(add: ours, remove: [])
                _ = try addresses.change(add: [], remove: [ours[0]])
                try Self.ip("route add local 10.97.0.1 dev lo proto 77")
                try Self.ip("route del local 10.97.0.1 dev lo proto 77")
                try Self.ip("address add 192.0.2.1/32 dev lo")
                heard.wait(for: 1)
                taken.append(heard.take())
                try Self.ip("route flush table local proto 199")
                heard.wait(for: 2)
                taken.append(heard.take())
                withExtendedLifetime(watch) {}
                return taken
            }
        }.get()
        #expect(outcome.first == [.addresses])
        #expect(outcome.last == [.serviceAddressesGone(.ipv4), .serviceAddressesGone(.ipv4)])
    }

    @Test("Any bytes are read without harm") func noise() {
        var generator = SystemRandomNumberGenerator()
        var reader = HostChangeReader(devices: ["kube-ipvs0"], numbers: [7], makers: [199])
        for type in 16...30 as ClosedRange<UInt16> {
            for _ in 0..<200 {
                var writer = NetlinkWriter()
                writer.beginMessage(type: type, flags: 0, sequence: 0)
                writer.append(
                    raw: (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }[...])
                writer.endMessage()
                for message in NetlinkMessages(writer.bytes[...]) { _ = reader.read(message) { _ in false } }
            }
        }
    }
}
