package import LinuxSystem
package import NetworkAddress

/// Computes the plan that turns the kernel's table into the desired one. Pure.
///
/// Create one with all chains, hand it every desired element, then take the plan.
package struct TableComparison {
    /// The plan so far.
    private var plan = Plan()
    /// Unneeded sets and chains.
    private var leftovers = Plan()
    /// Elements that the kernel holds and that were not recorded as desired yet.
    private var left: [SetName: [ElementKey: ElementData]]

    /// Whether flags, sets and hooks are as desired, or missing: none can be changed in place. If false, the table must
    /// be replaced.
    ///
    /// - Parameter chains: at least those with hooks.
    package static func canKeep(
        _ kernel: KernelTable, _ layout: TableLayout, chains: [ChainDefinition], family: IPFamily
    ) -> Bool {
        kernel.exists && kernel.flags == 0
            && layout.sets.allSatisfy { set in
                kernel.sets[set.name.rawValue].map { $0 == set.facts(family) } ?? true
            }
            && kernel.chains.allSatisfy { name, facts in
                let base = chains.first { $0.name == name }?.base
                return facts.base == base && !facts.dropsByDefault
            }
    }

    /// Compares table, chains and sets.
    ///
    /// - Parameter chains: all desired chains.
    package init(
        _ kernel: KernelTable, _ layout: TableLayout, chains: [ChainDefinition], family: IPFamily
    ) throws(SystemError) {
        let isUsable = Self.canKeep(kernel, layout, chains: chains, family: family)
        let present = isUsable ? kernel : KernelTable(generation: kernel.generation)
        plan.addsTable = !kernel.exists
        plan.replacesTable = kernel.exists && !isUsable
        left = present.elements
        for chain in chains {
            guard let facts = present.chains[chain.name] else {
                plan.addedChains.append(chain)
                continue
            }
            let signatures = try chain.rules.map { rule throws(SystemError) in
                try RuleCodec.signature(of: rule, family: family)
            }
            if facts.rules != signatures { plan.rewrittenChains.append(chain) }
        }
        plan.addedSets = layout.sets.filter { present.sets[$0.name.rawValue] == nil }
        leftovers.deletedChains = Set(present.chains.keys).subtracting(chains.map(\.name)).sorted()
        leftovers.deletedSets = Set(present.sets.keys.filter { !$0.hasPrefix("__") })
            .subtracting(layout.sets.map(\.name.rawValue)).sorted()
    }

    /// Records a desired element, which the kernel holds already or gets.
    package mutating func want(_ set: SetName, _ element: Element) {
        guard !left.isEmpty else { return plan.add(element, to: set) }
        guard let present = left[set]?.removeValue(forKey: element.key) else {
            plan.add(element, to: set)
            return
        }
        guard present != element.data.normalized else { return }
        plan.delete(element, from: set)
        plan.add(element, to: set)
    }

    /// Records the desired begins and ends of a set of plain intervals, in order.
    package mutating func wantIntervals(_ set: SetName, _ keys: [ElementKey]) {
        let old = (left.removeValue(forKey: set) ?? [:]).keys.sorted(by: ElementKey.precedes)
        plan.replaceIntervals(set, old, with: keys)
    }

    /// The plan, which also deletes every element that is not desired, and the transactions that tidy up after it:
    /// elements that lead to unneeded chains, then these chains. Kernels before 6.2 notice late that nothing refers to
    /// a chain.
    package consuming func finish() -> (plan: Plan, tidying: [Plan]) {
        let chains = Set(leftovers.deletedChains)
        var ways = Plan()
        for (set, elements) in left {
            for (key, data) in elements {
                let element = Element(key: key, data: data)
                if case .verdict(let verdict) = data.value, let chain = verdict.chain, chains.contains(chain) {
                    ways.delete(element, from: set)
                } else {
                    plan.delete(element, from: set)
                }
            }
        }
        return (plan, [ways, leftovers])
    }
}

extension Plan {
    /// The kernel detects overlaps by the neighbours of each begin and end when it arrives. So they are deleted and
    /// added in order, and always in pairs.
    package mutating func replaceIntervals(_ set: SetName, _ old: [ElementKey], with new: [ElementKey]) {
        guard old != new else { return }
        for key in old { delete(Element(key: key), from: set) }
        for key in new { add(Element(key: key), to: set) }
    }

    /// Adds the difference between two sets of elements.
    package mutating func change(
        _ old: [SetName: [ElementKey: ElementData]], to new: [SetName: [ElementKey: ElementData]]
    ) {
        for (set, elements) in new {
            for (key, data) in elements where old[set]?[key] != data {
                if old[set]?[key] != nil { delete(Element(key: key, data: data), from: set) }
                add(Element(key: key, data: data), to: set)
            }
        }
        for (set, elements) in old {
            for (key, data) in elements where new[set]?[key] == nil {
                delete(Element(key: key, data: data), from: set)
            }
        }
    }
}
