import Dataplane
import NetworkAddress

/// What a mode puts on a host.
struct ModeProfile: Sendable {
    let mode: Backend

    static func of(_ mode: Backend) -> ModeProfile { ModeProfile(mode: mode) }

    func objects(_ facts: HostFacts) -> [String] {
        mode.traces.flatMap { Self.text($0, facts) }
            + facts.changedSettings(mode).map { "\($0.path) becomes \($0.value)" }
    }

    private static func text(_ trace: Trace, _ facts: HostFacts) -> [String] {
        switch trace {
        case .table(let name):
            facts.families.map { "table \($0 == .ipv4 ? "ip" : "ip6") \(name) in nf_tables" }
        case .legacyChains:
            facts.families.map { family in
                "chains KUBE-* in the legacy tables nat and filter of \(family.rawValue), rules that lead to them "
                    + "first in the built-in chains"
            }
        case .virtualServers: ["virtual servers, by address and by mark"]
        case .device(let name, let number): [serviceAddresses(name, number, facts)]
        case .localRoutes(let number): [routes(number)]
        case .sockets:
            ["a listening socket of the proxy for each address and port of a Service, and for each node port"]
        }
    }

    private static func routes(_ number: UInt8) -> String {
        "local routes to the addresses of Services (ip route show table local proto \(number))"
    }

    private static func serviceAddresses(_ name: String, _ number: UInt8, _ facts: HostFacts) -> String {
        let device = "the dummy device \(name) with the addresses of Services"
        let found = facts.features.first { $0.key.probe == .device(kind: "dummy") }?.value
        return switch found {
        case .works, .loadable: device
        case .missing: "\(routes(number)): this kernel has no dummy devices"
        case .hidden, nil: "\(device), or where the kernel has no such devices \(routes(number))"
        }
    }
}

extension HostFacts {
    /// The kernel settings that the proxy changes when it starts in a mode, as it is configured without a file.
    func changedSettings(_ mode: Backend) -> [HostSetting] {
        var settings = BackendSettings()
        settings.localhostNodePorts = mode.capabilities.contains(.localhostNodePorts)
        return mode.hostSettings(settings, release).filter { number($0.path) != $0.value }
    }
}
