import KubeAPI

/// Finds pods that have to leave so that a more important one fits.
struct Preemption: Sendable {
    enum Result: Sendable {
        case victims(Victims)
        /// - Parameter endsNomination: the pod has nothing to wait for any more.
        case nobody(message: String, endsNomination: Bool)
    }

    /// So many candidates are compared in any case; in larger clusters a tenth of the nodes.
    static let fewestCandidates = 100

    let pod: PodInfo
    let filters: FilterSet
    let cluster: ClusterState
    let nominations: Nominations
    let budgets: [PodDisruptionBudget]

    func run(_ diagnosis: Diagnosis, using random: inout some RandomNumberGenerator) -> Result {
        if let reason = ineligibility(diagnosis) { return .nobody(message: reason, endsNomination: false) }
        let nodes = diagnosis.rejections.filter(\.rejection.isResolvable).compactMap { cluster.node($0.node) }
        var candidates: [Victims] = []
        var reasons: [[String]] = []
        let enough = max(Self.fewestCandidates, nodes.count / 10)
        let offset = nodes.isEmpty ? 0 : Int.random(in: 0..<nodes.count, using: &random)
        for index in nodes.indices {
            switch victims(on: nodes[(offset + index) % nodes.count]) {
            case .success(let found): candidates.append(found)
            case .failure(let rejection): reasons.append(rejection.reasons)
            }
            if candidates.count >= enough, candidates.contains(where: { $0.violations == 0 }) { break }
        }
        if let best = candidates.min(by: { $0.isPreferable(to: $1) }) { return .victims(best) }
        let hopeless = diagnosis.nodeCount - reasons.count
        reasons += Array(repeating: ["Preemption is not helpful for scheduling"], count: hopeless)
        return .nobody(message: Diagnosis.message(diagnosis.nodeCount, reasons), endsNomination: true)
    }

    /// Why the pod must not make others leave; nil if it may.
    private func ineligibility(_ diagnosis: Diagnosis) -> String? {
        if pod.pod.spec.preemptionPolicy == "Never" { return "not eligible due to preemptionPolicy=Never." }
        guard let name = nominations.node(of: pod.key) else { return nil }
        let rejection = diagnosis.rejections.first { $0.node == name }?.rejection
        if let rejection, !rejection.isResolvable { return nil }
        let isWaiting = cluster.node(name)?.pods.contains { $0.priority < pod.priority && $0.isPreempted } ?? false
        return isWaiting ? "not eligible due to a terminating pod on the nominated node." : nil
    }

    private enum Attempt {
        case success(Victims)
        case failure(Rejection)
    }

    /// The smallest set of pods, the least important ones, without which the pod fits.
    private func victims(on original: NodeInfo) -> Attempt {
        var node = original
        var filters = filters
        let lesser = node.pods.filter { $0.priority < pod.priority }
        guard !lesser.isEmpty else {
            return .failure(
                Rejection("No preemption victims found for incoming pod", isResolvable: false, events: []))
        }
        for victim in lesser {
            node.remove(victim.key)
            filters.remove(victim, from: node, cluster)
        }
        if let rejection = NodeSelection.rejection(pod, filters, node, cluster, nominations) {
            return .failure(rejection)
        }
        // Whoever can stay is put back, those first whose going would break a budget.
        let groups = DisruptionBudgets.split(lesser.sorted { $0.isMoreImportant(than: $1) }, by: budgets)
        var leaving: [PodInfo] = []
        func putBack(_ pods: [PodInfo]) -> Int {
            let before = leaving.count
            for candidate in pods {
                var fuller = node
                var counted = filters
                fuller.add(candidate)
                counted.add(candidate, to: fuller, cluster)
                if NodeSelection.rejection(pod, counted, fuller, cluster, nominations) == nil {
                    (node, filters) = (fuller, counted)
                } else {
                    leaving.append(candidate)
                }
            }
            return leaving.count - before
        }
        let violations = putBack(groups.violating)
        _ = putBack(groups.others)
        guard !leaving.isEmpty else {
            return .failure(
                Rejection("No preemption victims found for incoming pod", isResolvable: false, events: []))
        }
        leaving.sort { $0.isMoreImportant(than: $1) }
        return .success(Victims(node: original.name, pods: leaving, violations: violations))
    }
}
