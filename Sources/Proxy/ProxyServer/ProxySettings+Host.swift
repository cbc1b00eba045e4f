public import Dataplane
public import ProxyConfiguration

extension ProxySettings {
    /// What the backend needs to know.
    func forBackend(_ files: SystemFiles = .host) -> BackendSettings {
        var backend = BackendSettings(options: options)
        backend.masqueradeMark = 1 << UInt32(masqueradeBit)
        backend.localhostNodePorts = servesNodePortsOnLoopback
        let liberal = ConntrackSysctls.directory + "nf_conntrack_tcp_be_liberal"
        // By our settings or the host's.
        backend.isConntrackLiberal = conntrack.tcpBeLiberal || (files.integer(liberal) ?? 0) != 0
        backend.udpIdleTimeout = conntrack.udpTimeout
        backend.drainTimeout = drainTimeout
        return backend
    }

    /// The settings for the backend on this host.
    public var backendSettings: BackendSettings { forBackend() }
}
