/// Where a base chain is hooked in.
package struct BaseChain: Hashable, Sendable {
    package enum Kind: String, Sendable { case filter, nat }
    /// enum nf_inet_hooks (linux/netfilter.h).
    package enum Hook: UInt32, Sendable { case prerouting = 0, input, forward, output, postrouting }

    package var kind: Kind
    package var hook: Hook
    package var priority: Int32

    package init(kind: Kind, hook: Hook, priority: Int32) {
        self.kind = kind
        self.hook = hook
        self.priority = priority
    }
}

package struct ChainDefinition: Hashable, Sendable {
    package var name: String
    package var base: BaseChain?
    package var rules: [Rule]

    package init(name: String, base: BaseChain? = nil, rules: [Rule]) {
        self.name = name
        self.base = base
        self.rules = rules
    }
}
