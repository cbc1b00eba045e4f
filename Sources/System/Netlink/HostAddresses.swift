internal import CLinux
internal import Glibc
public import LinuxSystem
public import NetworkAddress

/// What makes an address local to this host.
public enum AddressHolder: Hashable, Sendable {
    /// The number of the device that has the address (linux/if_addr.h). Adding or removing one gets slower with their
    /// number.
    case device(UInt32)
    /// A local route to the loopback device, with the number of who made it (`proto` in `ip route`).
    ///
    /// - Parameters:
    ///   - metric: routes to one address with different metrics stand side by side; nil: the kernel's default.
    ///   - source: what this host's own connections to the address have as their source; nil: the address itself, for IPv4.
    case localRoute(maker: UInt8, metric: UInt32?, source: IPAddress? = nil)
}

/// What was sent to the kernel.
public struct SentMessages: Hashable, Sendable {
    public var messages = 0
    public var bytes = 0

    public init(messages: Int = 0, bytes: Int = 0) {
        self.messages = messages
        self.bytes = bytes
    }
}

extension RouteSocket {
    /// Messages in one send, so that an error for each of them fits into the buffer (208 KiB) that a process without
    /// privileges has: there it is where all of them fail.
    private static let batch = 128

    /// Adds addresses to this host, and removes others. The kernel does not choose them as the source of packets to
    /// other hosts. It is no error if they exist, or are gone, already.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; then nothing changes.
    public mutating func change(
        add added: some Sequence<IPAddress>, remove removed: some Sequence<IPAddress>, at holder: AddressHolder
    ) throws(SystemError) -> SentMessages {
        var sent = SentMessages()
        let all = added.map { ($0, true) } + removed.map { ($0, false) }
        var rest = all[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.batch)
            rest = rest.dropFirst(part.count)
            var writer = NetlinkWriter()
            let first = socket.reserveSequence(part.count)
            for (index, (address, isAdded)) in part.enumerated() {
                writer.hostAddress(address, at: holder, isAdded: isAdded, sequence: first &+ UInt32(index))
            }
            let harmless: Set = [EEXIST, ESRCH, EADDRNOTAVAIL]
            let faults = try socket.sendBatch(writer.bytes).filter { !harmless.contains($0.error.code) }
            if let fault = faults.first {
                throw SystemError(
                    "change service addresses", code: fault.error.code, kernelMessage: fault.error.kernelMessage)
            }
            sent.messages += writer.messageCount
            sent.bytes += writer.bytes.count
        }
        return sent
    }
}

extension NetlinkWriter {
    mutating func hostAddress(_ address: IPAddress, at holder: AddressHolder, isAdded: Bool, sequence: UInt32) {
        switch holder {
        case .device(let index):
            deviceAddress(address, device: index, isAdded: isAdded, sequence: sequence)
        case .localRoute(let maker, let metric, let source):
            localRoute(
                to: address, maker: maker, metric: metric, source: source, isAdded: isAdded, sequence: sequence)
        }
    }

    private mutating func deviceAddress(_ address: IPAddress, device: UInt32, isAdded: Bool, sequence: UInt32) {
        beginMessage(
            type: UInt16(isAdded ? RTM_NEWADDR : RTM_DELADDR),
            flags: UInt16(NLM_F_REQUEST | (isAdded ? NLM_F_CREATE | NLM_F_EXCL : 0)), sequence: sequence)
        // struct ifaddrmsg. With this scope no IPv4 packet to another host gets a service address as its source.
        append(address.family.number)
        append(UInt8(address.family.bitWidth))
        append(UInt8(0))
        append(address.family == .ipv4 ? UInt8(RT_SCOPE_HOST.rawValue) : 0)
        append(device)
        attribute(UInt16(IFA_LOCAL), bytes: address.bytes)
        attribute(UInt16(IFA_ADDRESS), bytes: address.bytes)
        if isAdded, address.family == .ipv6 { neverSource() }
        endMessage()
    }

    /// For IPv6 the scope follows from the address; an address that is not preferred is no source either.
    private mutating func neverSource() {
        attribute(UInt16(IFA_FLAGS), native: UInt32(IFA_F_NODAD | IFA_F_NOPREFIXROUTE))
        // struct ifa_cacheinfo: preferred for 0 seconds, valid for ever.
        let lifetimes = beginAttribute(UInt16(IFA_CACHEINFO))
        append(UInt32(0))
        append(UInt32.max)
        append(UInt64(0))
        endAttribute(lifetimes)
    }
}
