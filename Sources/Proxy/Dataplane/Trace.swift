/// Something that a backend puts on a host.
public enum Trace: Hashable, Sendable {
    /// A table of nf_tables in each family.
    case table(String)
    /// Chains in the legacy tables, with kube-proxy's names.
    case legacyChains
    case virtualServers
    /// A device with the addresses of Services; where the kernel has no such devices, local routes with this protocol
    /// number.
    case device(String, orRoutes: UInt8)
    /// Local routes to the addresses of Services, with this protocol number.
    case localRoutes(UInt8)
    /// A listening socket for each frontend.
    case sockets
}
