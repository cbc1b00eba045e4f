extension DispatchTree<Destination> {
    /// All chains, the root first.
    func forEachChain(_ dispatch: Dispatch, _ body: (ChainName, [Rule]) -> Void) {
        forEachChain(dispatch, dispatch.root, all, body)
    }

    private func forEachChain(
        _ dispatch: Dispatch, _ name: ChainName, _ range: Range<Int>, _ body: (ChainName, [Rule]) -> Void
    ) {
        let parts = parts(range)
        body(name, rules(dispatch, parts))
        for case .branch(let prefix, let range) in parts {
            forEachChain(dispatch, prefix.chain(dispatch.branchPrefix), range, body)
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
                forEachChain(dispatch, chain, range) { changed.append(($0, $1)) }
            }
        }
        for (prefix, range) in oldBranches {
            old.forEachChain(dispatch, prefix.chain(dispatch.branchPrefix), range) { name, _ in removed.append(name) }
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
