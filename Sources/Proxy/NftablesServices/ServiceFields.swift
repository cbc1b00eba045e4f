internal import NetworkAddress
package import Nftables
package import ServiceModel

/// How the tables of services look up the destination of a packet.
package enum ServiceFields {
    /// Address, protocol and port.
    package static let frontend: [RuleBuilder.Field] = [.destinationAddress, .layer4Protocol, .destinationPort]
    /// The same for node ports, which are in sets and maps under a zero address.
    package static let nodePort: [RuleBuilder.Field] = [.maskedDestinationAddress, .layer4Protocol, .destinationPort]
    /// The key of a set or map that ``frontend`` or ``nodePort`` is looked up in.
    package static let key: [SetDefinition.KeyField] = [.address, .transport, .port]
}

extension ElementKey {
    /// The element key of a frontend, with the fields of ``ServiceFields/key``.
    package init(_ frontend: FrontendKey, slot: UInt32 = 0) {
        self.init(
            address: frontend.ip.value, slot: slot, port: frontend.port, transport: frontend.transport.rawValue)
    }
}

extension ChainDefinition {
    /// NF_IP_PRI_NAT_DST and NF_IP_PRI_NAT_SRC.
    package static let destinationNATPriority: Int32 = -100
    package static let sourceNATPriority: Int32 = 100

    /// A base chain that jumps to others; a filter chain only for the first packets of connections.
    package static func hooked(
        _ name: String, _ kind: BaseChain.Kind, _ hook: BaseChain.Hook, _ priority: Int32, jumps: [String],
        _ rule: ((inout RuleBuilder) -> Void) -> Rule
    ) -> ChainDefinition {
        let rules = jumps.map { target in
            rule {
                if kind == .filter { $0.newConnection() }
                $0.verdict(.jump(target))
            }
        }
        return ChainDefinition(name: name, base: BaseChain(kind: kind, hook: hook, priority: priority), rules: rules)
    }
}
