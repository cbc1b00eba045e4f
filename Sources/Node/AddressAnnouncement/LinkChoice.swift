import Netlink
import NetworkAddress

/// The devices at which an address is announced: those whose own networks it lies in; where there is none, the one with the
/// node's address. Pure.
struct LinkChoice: Hashable, Sendable {
    /// Of this host.
    var addresses: [DeviceAddress]
    var nodeAddresses: [IPAddress]

    func devices(for address: IPAddress) -> Set<UInt32> {
        let own = addresses.filter { entry in
            entry.address.family == address.family && !entry.address.isLoopback
                && IPNetwork(address: entry.address, prefixLength: entry.prefixLength)?.contains(address) == true
                // A single address is no network.
                && entry.prefixLength < entry.address.family.bitWidth
        }
        if !own.isEmpty { return Set(own.map(\.device)) }
        return Set(addresses.filter { nodeAddresses.contains($0.address) }.map(\.device))
    }
}
