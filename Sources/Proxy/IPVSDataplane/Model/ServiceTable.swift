internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

extension SetName {
    static let clusterIPs = SetName(rawValue: "cluster-ips")
    static let serviceIPs = SetName(rawValue: "service-ips")
    static let marks = SetName(rawValue: "service-marks")
    static let shortCircuitMarks = SetName(rawValue: "short-circuit-marks")
    static let noLocalEndpoints = SetName(rawValue: "no-local-endpoints")
    static let emptyNodePorts = SetName(rawValue: "empty-nodeports")
}

/// The nf_tables table without its elements. It does what IPVS cannot do, around IPVS' own hooks.
///
/// IPVS takes packets at the end of the input hook (priority 99) and early in the output hook (-98), and sends them
/// through the output hook once more, translated. Marks are set just before IPVS. Connections to Service addresses that
/// IPVS leaves alone are rejected behind it, since these addresses are local to this host. The node's own packets are marked
/// after the priority at which other modes translate, so that beside another mode only one of the two takes a connection.
struct ServiceTable: Hashable, Sendable {
    static let layout = TableLayout(
        comment: "rules of viaduct proxy beside IPVS",
        sets: Firewall.sets + [
            SetDefinition(name: .clusterIPs, key: [.address], comment: "active ClusterIPs"),
            SetDefinition(
                name: .serviceIPs, key: [.address],
                comment: "addresses whose virtual servers are ours; on \(IPVSConfiguration.device)"),
            SetDefinition(
                name: .marks, key: ServiceFields.key, value: .mark,
                comment: "the virtual server of ExternalIPs, LoadBalancer IPs and NodePorts (zero address)"),
            SetDefinition(
                name: .shortCircuitMarks, key: ServiceFields.key, value: .mark,
                comment: "the same for pods and the node where externalTrafficPolicy is Local"),
            SetDefinition(
                name: .noLocalEndpoints, key: ServiceFields.key,
                comment: "traffic policy Local, endpoints on other nodes only"),
            SetDefinition(
                name: .emptyNodePorts, key: ServiceFields.key, comment: "NodePorts of services without endpoints"),
            NodePortAddresses.set, HairpinPairs.set,
        ])

    var chains: [ChainDefinition]

    private static let services = "services"
    private static let clusterIP = "cluster-ip"
    private static let nodePorts = "node-ports"
    private static let emptyNodePorts = "empty-node-ports"
    private static let masquerading = "masquerading"
    private static let clearMarks = "clear-marks"
    private static let serviceIPsCheck = "service-ips-check"

    private let configuration: IPVSConfiguration
    private let node: NodeFacts
    private var family: IPFamily { configuration.family }

    init(configuration: IPVSConfiguration, node: NodeFacts) {
        self.configuration = configuration
        self.node = node.shape
        chains = []
        chains = baseChains + serviceChains + sourceChains
    }

    private func rule(_ comment: String? = nil, _ build: (inout RuleBuilder) -> Void) -> Rule {
        RuleBuilder.rule(family, comment: comment, build)
    }

    private var baseChains: [ChainDefinition] {
        func hooked(
            _ name: String, _ kind: BaseChain.Kind, _ hook: BaseChain.Hook, _ priority: Int32, _ jumps: [String]
        ) -> ChainDefinition {
            .hooked(name, kind, hook, priority, jumps: jumps) { rule(nil, $0) }
        }
        let early = ChainDefinition.destinationNATPriority - 10
        let late = ChainDefinition.sourceNATPriority
        let justBeforeIPVS = ChainDefinition.destinationNATPriority + 1
        return [
            hooked("filter-prerouting", .filter, .prerouting, early, [Firewall.chain]),
            hooked("filter-input", .filter, .input, late - 10, [Self.services]),
            hooked("filter-input-post-ipvs", .filter, .input, late + 10, [Self.clearMarks, Self.serviceIPsCheck]),
            hooked("filter-output", .filter, .output, early, [Firewall.chain]),
            hooked(
                "filter-output-pre-ipvs", .filter, .output, justBeforeIPVS, [Self.emptyNodePorts, Self.services]),
            hooked("nat-postrouting", .nat, .postrouting, late, [Self.masquerading]),
            hooked("filter-postrouting", .filter, .postrouting, late + 10, [Self.clearMarks]),
            Firewall.check(family),
        ]
    }

    // MARK: When another mode is in force

    private static let retiredChain = "retired"

    /// What stays for connections that are there: nothing here marks a packet for the virtual servers that they have.
    ///
    /// - Parameter passing: whether this host's own sockets serve the addresses from now on: IPVS is to hand new connections
    ///   over as they are. Else what comes here untranslated is refused.
    static func retired(_ family: IPFamily, passing: Bool) -> [ChainDefinition] {
        func rule(_ comment: String? = nil, _ build: (inout RuleBuilder) -> Void) -> Rule {
            RuleBuilder.rule(family, comment: comment, build)
        }
        func hooked(
            _ name: String, _ kind: BaseChain.Kind, _ hook: BaseChain.Hook, _ priority: Int32, _ jumps: [String]
        ) -> ChainDefinition {
            .hooked(name, kind, hook, priority, jumps: jumps) { rule(nil, $0) }
        }
        let late = ChainDefinition.sourceNATPriority
        var chains = [
            hooked("nat-postrouting", .nat, .postrouting, late, [masquerading]),
            ChainDefinition(
                name: masquerading,
                rules: [
                    rule("the node asks a service IP with that IP as its source") {
                        $0.lookup([.sourceAddress], inSet: SetName.serviceIPs.rawValue)
                        $0.masquerade()
                    }
                ]),
        ]
        if passing {
            chains += [
                hooked("filter-input", .filter, .input, late - 10, [retiredChain]),
                hooked(
                    "filter-output-pre-ipvs", .filter, .output, ChainDefinition.destinationNATPriority + 1,
                    [retiredChain]),
                hooked("filter-input-post-ipvs", .filter, .input, late + 10, [clearMarks]),
                hooked("filter-postrouting", .filter, .postrouting, late + 10, [clearMarks]),
                ChainDefinition(
                    name: retiredChain,
                    rules: [
                        rule("to this host's own sockets") {
                            $0.lookup([.destinationAddress], inSet: SetName.serviceIPs.rawValue)
                            $0.setMark(to: ServiceMark.pass)
                        }
                    ]),
                clearing(family),
            ]
        } else {
            chains += [
                hooked("filter-input-post-ipvs", .filter, .input, late + 10, [retiredChain]),
                ChainDefinition(
                    name: retiredChain,
                    rules: [
                        rule("Reject traffic to invalid ports of service IPs") {
                            $0.lookup([.destinationAddress], inSet: SetName.serviceIPs.rawValue)
                            $0.reject()
                        }
                    ]),
            ]
        }
        return chains
    }

    private static func clearing(_ family: IPFamily) -> ChainDefinition {
        ChainDefinition(
            name: clearMarks,
            rules: [
                RuleBuilder.rule(family) {
                    $0.mark(masked: ServiceMark.rangeMask, is: ServiceMark.base)
                    $0.setMark(to: 0)
                }
            ])
    }

    // MARK: Before IPVS

    private var serviceChains: [ChainDefinition] {
        let services = ChainDefinition(
            name: Self.services,
            rules: [
                rule {
                    $0.lookup([.destinationAddress], inSet: SetName.clusterIPs.rawValue)
                    $0.verdict(.goto(Self.clusterIP))
                }
            ] + markRules(ServiceFields.frontend) + [
                rule {
                    $0.lookup([.destinationAddress], inSet: SetName.serviceIPs.rawValue)
                    $0.verdict(.return)
                },
                rule {
                    matchNodePortAddress(&$0)
                    $0.verdict(.goto(Self.nodePorts))
                },
            ])
        // The node's own packets are refused where they come in again, as on other ways to a node port: refusing them
        // here would fail the call that sends them.
        let emptyNodePorts = ChainDefinition(
            name: Self.emptyNodePorts,
            rules: [
                rule {
                    matchNodePortAddress(&$0)
                    $0.lookup(ServiceFields.nodePort, inSet: SetName.emptyNodePorts.rawValue)
                    $0.verdict(.accept)
                }
            ])
        let clusterIP = ChainDefinition(
            name: Self.clusterIP, rules: [dropWithoutLocalEndpoints(ServiceFields.frontend)] + clusterIPMasquerade)
        return [
            services, emptyNodePorts, ChainDefinition(name: Self.nodePorts, rules: markRules(ServiceFields.nodePort)),
            clusterIP,
        ]
    }

    private func matchNodePortAddress(_ builder: inout RuleBuilder) {
        if node.nodePortAddresses == nil { builder.localAddress(.destination) }
        NodePortAddresses.match(&builder, family, isListed: node.nodePortAddresses != nil)
    }

    /// Traffic that begins in a pod here or on the node itself is subject to no policy, as if it had gone out to the
    /// load balancer and come back.
    private func markRules(_ frontend: [RuleBuilder.Field]) -> [Rule] {
        func mark(_ map: SetName, _ comment: String? = nil, when condition: (inout RuleBuilder) -> Void = { _ in })
            -> Rule
        {
            rule(comment) {
                condition(&$0)
                $0.setMark(fromMap: map.rawValue, key: frontend)
                $0.verdict(.return)
            }
        }
        var rules: [Rule] = []
        if let local = node.localPods.condition(inverted: false) {
            rules.append(mark(.shortCircuitMarks, "short-circuit pod traffic", when: local))
        }
        return rules + [
            mark(.shortCircuitMarks, "short-circuit local traffic") { $0.localAddress(.source) },
            dropWithoutLocalEndpoints(frontend), mark(.marks),
        ]
    }

    private func dropWithoutLocalEndpoints(_ frontend: [RuleBuilder.Field]) -> Rule {
        rule {
            $0.lookup(frontend, inSet: SetName.noLocalEndpoints.rawValue)
            $0.verdict(.drop)
        }
    }

    private var clusterIPMasquerade: [Rule] {
        let mark = configuration.masqueradeMark
        return node.clusterIPMasqueradeRules(family) { $0.setMark(or: mark) }
    }

    // MARK: After IPVS

    private var sourceChains: [ChainDefinition] {
        [
            ChainDefinition(name: Self.masquerading, rules: masqueradeRules),
            Self.clearing(family),
            ChainDefinition(
                name: Self.serviceIPsCheck,
                rules: [
                    rule("Reject traffic to invalid ports of service IPs") {
                        $0.lookup([.destinationAddress], inSet: SetName.serviceIPs.rawValue)
                        $0.reject()
                    }
                ]),
        ]
    }

    private var masqueradeRules: [Rule] {
        let mask = ServiceMark.rangeMask | ServiceMark.useMask
        let bit = configuration.masqueradeMark
        return [
            rule("from anywhere to ExternalIPs, LoadBalancer IPs and NodePorts") {
                $0.mark(masked: mask, is: ServiceMark.base | ServiceMark.Use.cluster.rawValue)
                $0.masquerade()
            },
            rule("masquerade local traffic") {
                $0.mark(masked: mask, is: ServiceMark.base | ServiceMark.Use.shortCircuit.rawValue)
                $0.localAddress(.source)
                $0.masquerade()
            },
            rule {
                $0.mark(masked: ServiceMark.rangeMask, is: ServiceMark.base, inverted: true)
                $0.mark(masked: bit, is: 0, inverted: true)
                $0.setMark(xor: bit)
                $0.masquerade()
            },
            rule("an endpoint that reached itself") {
                HairpinPairs.match(&$0)
                $0.masquerade()
            },
            rule("the node asks a service IP with that IP as its source") {
                $0.lookup([.sourceAddress], inSet: SetName.serviceIPs.rawValue)
                $0.masquerade()
            },
        ]
    }
}
