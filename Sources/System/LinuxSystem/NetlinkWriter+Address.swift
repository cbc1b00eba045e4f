internal import CLinux
public import NetworkAddress

/// Service addresses as addresses of a device of this host (linux/if_addr.h). The time for one grows with their number.
extension NetlinkWriter {
    /// Begins a message that adds or removes an address; more attributes and ``endMessage()`` follow.
    ///
    /// - Parameter device: its index.
    public mutating func beginServiceAddress(
        _ address: IPAddress, device: UInt32, isAdded: Bool, sequence: UInt32
    ) {
        beginMessage(
            type: UInt16(isAdded ? RTM_NEWADDR : RTM_DELADDR),
            flags: UInt16(NLM_F_REQUEST | (isAdded ? NLM_F_CREATE | NLM_F_EXCL : 0)), sequence: sequence)
        // struct ifaddrmsg. With this scope no IPv4 packet to another host gets a service address as its source.
        append(AddressDump.number(address.family))
        append(UInt8(address.family.bitWidth))
        append(UInt8(0))
        append(address.family == .ipv4 ? UInt8(RT_SCOPE_HOST.rawValue) : 0)
        append(device)
        attribute(UInt16(IFA_LOCAL), bytes: address.bytes)
        attribute(UInt16(IFA_ADDRESS), bytes: address.bytes)
    }

    /// For IPv6 the scope follows from the address; an address that is not preferred is no source either.
    public mutating func neverSource() {
        attribute(UInt16(IFA_FLAGS), native: UInt32(IFA_F_NODAD | IFA_F_NOPREFIXROUTE))
        // struct ifa_cacheinfo: preferred for 0 seconds, valid for ever.
        let lifetimes = beginAttribute(UInt16(IFA_CACHEINFO))
        append(UInt32(0))
        append(UInt32.max)
        append(UInt64(0))
        endAttribute(lifetimes)
    }
}
