import Dataplane
import Nftables
import ProxyServer

extension Explanation.StepPart {
    /// The steps of one packet, with hooks, rules and words.
    ///
    /// - Parameter rules: texts of our rules.
    static func steps(
        _ events: [TraceEvent], _ listing: RulesetListing, rules: [KernelRule: String], mode: Backend
    ) -> [Explanation.StepPart] {
        let ours = Set(
            mode.traces.compactMap { trace -> String? in if case .table(let name) = trace { name } else { nil } })
        var hook = ""
        var isElsewhere = false
        var steps: [Explanation.StepPart] = []
        for event in events {
            let chain = listing.chains.first {
                $0.family == event.family && $0.table == event.table && $0.name == event.chain
            }
            if let base = chain?.base {
                hook = "\(base.hook)"
                // The kernel gives packets that come later the same number: where one begins anew, it is another.
                let isFirst = steps.first.map { $0.hook == hook } ?? true
                if isFirst, isElsewhere { break }
                isElsewhere = isElsewhere || !isFirst
            }
            let key = KernelRule(table: event.table, chain: event.chain, handle: event.handle)
            let isOurs = ours.contains(event.table)
            let listed = chain?.rules.first { $0.handle == event.handle }
            let rule = event.kind == .rule ? (isOurs ? rules[key] : nil) ?? listed?.text : nil
            // The end of a chain is a rule without a name to some kernels.
            let isEnd = event.kind == .return || rule == nil && event.kind == .rule && event.verdict.isEmpty
            steps.append(
                Explanation.StepPart(
                    hook: hook, table: "\(event.family.name) \(event.table)", chain: event.chain, isOurs: isOurs,
                    kind: isEnd ? "return" : "\(event.kind)", rule: rule,
                    verdict: event.verdict, words: isOurs ? mode.chainWords(event.chain) : nil))
        }
        return steps
    }
}
