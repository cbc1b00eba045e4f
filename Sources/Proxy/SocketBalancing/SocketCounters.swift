internal import CSocketBalancing
public import LinuxSystem
public import NetworkAddress
public import ServiceModel

/// What the program of a proxy in this network namespace has done, read from its pinned maps by whoever asks.
public struct SocketCounters: Sendable {
    /// What was translated.
    public enum Kind: Int, Hashable, Sendable, CaseIterable {
        case tcp, udp, datagram
    }

    private let folder: PinnedFolder

    /// - Throws: ENOENT where the control group is not there.
    public init(_ settings: SocketBalancingSettings) throws(SystemError) {
        let group = try ControlGroup(settings.cgroup)
        folder = PinnedFolder(cookie: try NamespaceTour.ownCookie(), group: group.number)
    }

    /// Connections of TCP and UDP sockets and datagrams of others, since the maps were made.
    ///
    /// - Throws: ENOENT where no program is at work.
    public func totals(_ family: IPFamily) throws(SystemError) -> [Kind: UInt64] {
        let processors = max(1, Int(viaduct_possible_processors()))
        let map = try PinnedMap(
            folder.file("totals" + SocketProgram.digit(family)), keySize: 4, valueSize: 8 * processors)
        let codec = MapCodec(family: family)
        var totals: [Kind: UInt64] = [:]
        for kind in Kind.allCases {
            let key = codec.native(UInt32(kind.rawValue))
            let values = try map.read { map throws(SystemError) in try map.value(key) } ?? []
            totals[kind] = (0..<processors).reduce(0) { sum, index in
                values.count < 8 * (index + 1) ? sum : sum &+ codec.integer(values[...], at: 8 * index) as UInt64
            }
        }
        return totals
    }

    /// How often a frontend's Service port was used, by all of its frontends; nil: sockets' connections to it are not
    /// translated.
    ///
    /// - Parameter key: with an address, node ports as well.
    /// - Throws: ENOENT where no program is at work.
    public func translations(_ key: FrontendKey) throws(SystemError) -> UInt64? {
        let family = key.ip.family
        let codec = MapCodec(family: family)
        let frontends = try PinnedMap(.frontends, codec, in: folder)
        let target = try frontends.read { map throws(SystemError) in try map.value(codec.bytes(key)) }
        guard let target else { return nil }
        let ports = try PinnedMap(.ports, codec, in: folder)
        let number = codec.native(codec.target(target[...]).port)
        let port = try ports.read { map throws(SystemError) in try map.value(number) }
        return port.map { codec.port($0[...]).translated }
    }
}
