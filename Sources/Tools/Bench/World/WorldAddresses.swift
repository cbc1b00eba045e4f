import NetworkAddress

/// The addresses of a ``BenchWorld``; all worlds have the same.
enum WorldAddresses {
    static let client = IPAddress(ipv4: 0x0A00_0102)
    static let nodeToClients = IPAddress(ipv4: 0x0A00_0101)
    static let nodeToBackends = IPAddress(ipv4: 0x0A00_0201)
    static let backends = IPAddress(ipv4: 0x0A00_0202)
    static let prefixLength = 24
    /// Where connections begin in "pods": what comes from there is not masqueraded.
    static let podNetwork = IPNetwork(address: IPAddress(ipv4: 0x0A00_0000), prefixLength: 8)
}
