internal import Dataplane
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// The table without its elements: it depends on the configuration and the node, not on the Services.
struct TableDefinition: Hashable, Sendable {
    static let layout = TableLayout(comment: "service rules of viaduct proxy", sets: SetDefinition.all)

    var chains: [ChainDefinition]

    /// The chains that connections are sent to by the kind of their destination. By sets, not by a verdict map:
    /// kernels without a memory of what they have checked (such as Linux 6.1) walk a verdict map's elements with all
    /// chains behind them at each commit, so that a map behind a map takes quadratic time.
    private enum Dispatch: String {
        case clusterIP = "cluster-ip"
        case external = "external"
        case externalLocal = "external-local"
        case nodePort = "node-port"
        case nodePortLocal = "node-port-local"
    }

    private static let nodePorts = "node-ports"
    private static let markForMasquerade = "mark-for-masquerade"

    private let configuration: NftablesConfiguration
    private let node: NodeFacts
    private var family: IPFamily { configuration.family }

    init(configuration: NftablesConfiguration, node: NodeFacts) {
        self.configuration = configuration
        self.node = node.shape
        chains = []
        chains = baseChains + checkChains + serviceChains + masqueradeChains
    }

    private func rule(_ comment: String? = nil, _ build: (inout RuleBuilder) -> Void) -> Rule {
        RuleBuilder.rule(family, comment: comment, build)
    }

    // MARK: Hooks

    private var baseChains: [ChainDefinition] {
        func hooked(
            _ name: String, _ kind: BaseChain.Kind, _ hook: BaseChain.Hook, _ priority: Int32, _ jumps: [String]
        ) -> ChainDefinition {
            .hooked(name, kind, hook, priority, jumps: jumps) { rule(nil, $0) }
        }
        let before = ChainDefinition.destinationNATPriority - 10
        let after = ChainDefinition.destinationNATPriority + 10
        return [
            hooked("filter-prerouting", .filter, .prerouting, before, [Firewall.chain]),
            hooked("filter-input", .filter, .input, before, ["nodeport-endpoints-check", "service-endpoints-check"]),
            hooked("filter-forward", .filter, .forward, before, ["service-endpoints-check", "cluster-ips-check"]),
            hooked("filter-output", .filter, .output, before, [Firewall.chain]),
            // After translation: what the node itself sends may have been short-circuited to remote endpoints.
            hooked(
                "filter-output-post-dnat", .filter, .output, after, ["service-endpoints-check", "cluster-ips-check"]),
            hooked("nat-prerouting", .nat, .prerouting, ChainDefinition.destinationNATPriority, ["services"]),
            hooked("nat-output", .nat, .output, ChainDefinition.destinationNATPriority, ["services"]),
            hooked("nat-postrouting", .nat, .postrouting, ChainDefinition.sourceNATPriority, ["masquerading"]),
        ]
    }

    // MARK: Filter

    private var checkChains: [ChainDefinition] {
        [
            Firewall.check(family),
            ChainDefinition(
                name: "service-endpoints-check",
                rules: [
                    rule {
                        $0.lookup(ServiceFields.frontend, inSet: SetName.noEndpoints.rawValue)
                        $0.reject()
                    }
                ]),
            ChainDefinition(
                name: "nodeport-endpoints-check",
                rules: [
                    rule {
                        matchNodePortAddress(&$0)
                        $0.lookup(ServiceFields.nodePort, inSet: SetName.noEndpoints.rawValue)
                        $0.reject()
                    }
                ]),
            ChainDefinition(
                name: "cluster-ips-check",
                rules: [
                    rule("Reject traffic to invalid ports of ClusterIPs") {
                        $0.lookup([.destinationAddress], inSet: SetName.clusterIPs.rawValue)
                        $0.reject()
                    },
                    rule("Drop traffic to unallocated ClusterIPs") {
                        $0.lookup([.destinationAddress], inSet: SetName.serviceCIDRs.rawValue)
                        $0.verdict(.drop)
                    },
                ]),
        ]
    }

    private func matchNodePortAddress(_ builder: inout RuleBuilder) {
        NodePortAddresses.match(&builder, family, isListed: node.nodePortAddresses != nil)
    }

    // MARK: Services

    private var serviceChains: [ChainDefinition] {
        let services = ChainDefinition(
            name: "services",
            rules: [
                dispatch(ServiceFields.frontend, in: .externalIPs, to: .external),
                dispatch(ServiceFields.frontend, in: .externalLocalIPs, to: .externalLocal),
                dispatch([.destinationAddress], in: .clusterIPs, to: .clusterIP),
                rule {
                    if node.nodePortAddresses == nil { $0.localAddress(.destination) }
                    matchNodePortAddress(&$0)
                    $0.verdict(.goto(Self.nodePorts))
                },
            ])
        let nodePorts = ChainDefinition(
            name: Self.nodePorts,
            rules: [
                dispatch(ServiceFields.nodePort, in: .externalIPs, to: .nodePort),
                dispatch(ServiceFields.nodePort, in: .externalLocalIPs, to: .nodePortLocal),
            ])
        let clusterIP = ChainDefinition(
            name: Dispatch.clusterIP.rawValue,
            rules: clusterIPMasquerade + [chooseRule(BalancerKind())])
        return [
            services, nodePorts, clusterIP,
            externalChain(.external, isNodePort: false),
            externalLocalChain(.externalLocal, isNodePort: false),
            externalChain(.nodePort, isNodePort: true),
            externalLocalChain(.nodePortLocal, isNodePort: true),
        ]
    }

    private func dispatch(_ key: [RuleBuilder.Field], in set: SetName, to chain: Dispatch) -> Rule {
        rule {
            $0.lookup(key, inSet: set.rawValue)
            $0.verdict(.goto(chain.rawValue))
        }
    }

    /// Goes to the chain for the number of endpoints; without endpoints, continues with the priority unchanged.
    private func chooseRule(
        _ kind: BalancerKind, comment: String? = nil, when condition: (inout RuleBuilder) -> Void = { _ in }
    ) -> Rule {
        rule(comment) {
            condition(&$0)
            $0.setPriority(
                fromMap: SetName.endpointCounts.rawValue, key: kind.frontend + [.constant(kind.policy)])
            $0.verdictMap(kind.map.rawValue, key: [.priority])
        }
    }

    private var clusterIPMasquerade: [Rule] {
        node.clusterIPMasqueradeRules(family) { $0.verdict(.jump(Self.markForMasquerade)) }
    }

    private func externalChain(_ name: Dispatch, isNodePort: Bool) -> ChainDefinition {
        ChainDefinition(
            name: name.rawValue,
            rules: [
                rule { $0.verdict(.jump(Self.markForMasquerade)) }, chooseRule(BalancerKind(isNodePort: isNodePort)),
            ])
    }

    /// Traffic that begins in a pod here or on the node itself is subject to no policy, as if it had gone out to the
    /// load balancer and come back.
    private func externalLocalChain(_ name: Dispatch, isNodePort: Bool) -> ChainDefinition {
        let anywhere = BalancerKind(isNodePort: isNodePort)
        var rules: [Rule] = []
        if let local = node.localPods.condition(inverted: false) {
            rules.append(chooseRule(anywhere, comment: "short-circuit pod traffic", when: local))
        }
        rules += [
            rule("masquerade local traffic") {
                $0.localAddress(.source)
                $0.verdict(.jump(Self.markForMasquerade))
            },
            chooseRule(anywhere, comment: "short-circuit local traffic") { $0.localAddress(.source) },
            chooseRule(BalancerKind(isNodePort: isNodePort, isLocal: true)),
        ]
        return ChainDefinition(name: name.rawValue, rules: rules)
    }

    // MARK: Masquerade

    private var masqueradeChains: [ChainDefinition] {
        let mark = configuration.masqueradeMark
        return [
            ChainDefinition(name: Self.markForMasquerade, rules: [rule { $0.setMark(or: mark) }]),
            ChainDefinition(
                name: "masquerading",
                rules: [
                    rule("an endpoint that reached itself") {
                        HairpinPairs.match(&$0)
                        $0.verdict(.jump(Self.markForMasquerade))
                    },
                    rule {
                        $0.mark(masked: mark, is: 0)
                        $0.verdict(.return)
                    },
                    rule { $0.setMark(xor: mark) },
                    rule { $0.masquerade() },
                ]),
        ]
    }
}
