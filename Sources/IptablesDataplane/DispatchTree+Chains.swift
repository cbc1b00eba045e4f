extension DispatchTree<Destination> {
    /// All chains, the root first.
    func chains(_ dispatch: Dispatch) -> [(ChainName, [Rule])] {
        var chains: [(ChainName, [Rule])] = []
        appendChains(dispatch, dispatch.root, all, to: &chains)
        return chains
    }

    private func appendChains(
        _ dispatch: Dispatch, _ name: ChainName, _ range: Range<Int>, to chains: inout [(ChainName, [Rule])]
    ) {
        let parts = parts(range)
        chains.append((name, rules(dispatch, parts)))
        for case .branch(let prefix, let range) in parts {
            appendChains(dispatch, prefix.chain(dispatch.branchPrefix), range, to: &chains)
        }
    }

    private func rules(_ dispatch: Dispatch, _ parts: [Part]) -> [Rule] {
        parts.map { part in
            switch part {
            case .entry(let index): payloads[index].rule(keys[index])
            case .branch(let prefix, _): prefix.rule(dispatch)
            }
        }
    }

    /// The chains that differ from those of an older tree, and the names of those that are gone.
    func changes(_ dispatch: Dispatch, since old: Self) -> (changed: [(ChainName, [Rule])], removed: [ChainName]) {
        var changed: [(ChainName, [Rule])] = []
        var removed: [ChainName] = []
        compare(dispatch, dispatch.root, all, old, old.all, &changed, &removed)
        return (changed, removed)
    }

    private func compare(
        _ dispatch: Dispatch, _ name: ChainName, _ range: Range<Int>, _ old: Self, _ oldRange: Range<Int>,
        _ changed: inout [(ChainName, [Rule])], _ removed: inout [ChainName]
    ) {
        let parts = parts(range)
        let oldParts = old.parts(oldRange)
        if !isEqual(parts, old, oldParts) { changed.append((name, rules(dispatch, parts))) }
        var oldBranches: [DispatchPrefix: Range<Int>] = [:]
        for case .branch(let prefix, let range) in oldParts { oldBranches[prefix] = range }
        for case .branch(let prefix, let range) in parts {
            let chain = prefix.chain(dispatch.branchPrefix)
            if let oldRange = oldBranches.removeValue(forKey: prefix) {
                compare(dispatch, chain, range, old, oldRange, &changed, &removed)
            } else {
                appendChains(dispatch, chain, range, to: &changed)
            }
        }
        for (prefix, range) in oldBranches {
            var gone: [(ChainName, [Rule])] = []
            old.appendChains(dispatch, prefix.chain(dispatch.branchPrefix), range, to: &gone)
            removed += gone.map(\.0)
        }
    }

    /// Whether two chains have the same rules.
    private func isEqual(_ parts: [Part], _ old: Self, _ oldParts: [Part]) -> Bool {
        parts.elementsEqual(oldParts) { new, before in
            switch (new, before) {
            case (.entry(let index), .entry(let oldIndex)):
                keys[index] == old.keys[oldIndex] && payloads[index] == old.payloads[oldIndex]
            case (.branch(let prefix, _), .branch(let oldPrefix, _)): prefix == oldPrefix
            default: false
            }
        }
    }
}
