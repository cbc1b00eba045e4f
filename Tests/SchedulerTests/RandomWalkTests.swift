import KubeAPI
import TestSupport
import Testing

@testable import Scheduler

/// Random nodes and pods come, change and go, bindings fail and succeed.
@Suite struct RandomWalkTests {
    private struct World {
        var random: SeededGenerator
        var state: SchedulerState
        var nodes: [String: Node] = [:]
        var pods: [ObjectKey: Pod] = [:]
        var underWay: [(pod: PodInfo, node: String)] = []
        var now = Duration.zero
        var bindings = 0
        private var created = 0

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            state = SchedulerState(schedulerName: "default-scheduler", seed: seed)
        }

        mutating func step() throws {
            now += .milliseconds(Int.random(in: 0...500, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0: try changeNode()
            case 1...4: try addPod()
            case 5: removePod()
            case 6, 7: answer()
            default: decide()
            }
        }

        private mutating func changeNode() throws {
            let name = "n\(Int.random(in: 0..<6, using: &random))"
            let old = nodes[name]
            if old != nil, random.oneIn(6) {
                nodes[name] = nil
                state.nodeChanged(old, nil, now: now)
                return
            }
            let zone = ["a", "b"].randomElement(using: &random) ?? "a"
            let node = try Fixture.node(
                name, ["zone": zone], cpu: "\(Int.random(in: 1...8, using: &random))",
                pods: Int.random(in: 2...8, using: &random))
            nodes[name] = node
            state.nodeChanged(old, node, now: now)
        }

        private mutating func addPod() throws {
            let name = "p\(Int.random(in: 0..<40, using: &random))"
            let key = ObjectKey(namespace: "default", name: name)
            guard pods[key] == nil else { return }
            let app = ["web", "db"].randomElement(using: &random) ?? "web"
            let cpu = "\(Int.random(in: 1...30, using: &random) * 100)m"
            let priority = Int.random(in: 0...3, using: &random)
            var pod = try Fixture.pod(
                name, Fixture.requests(cpu, #""priority": \#(priority), \#(affinity())"#),
                metadata: #""labels": {"app": "\#(app)"}"#)
            created += 1
            pod.metadata.uid = "\(created)"
            pods[key] = pod
            state.podChanged(key, pod, now: now)
        }

        private mutating func affinity() -> String {
            guard random.oneIn(2) else { return #""hostNetwork": false"# }
            let term = #"{"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "zone"}"#
            let host = #"{"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "kubernetes.io/hostname"}"#
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                return #""affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [\#(term)]}}"#
            case 1:
                return
                    #""affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [\#(host)]}}"#
            default:
                return
                    #""topologySpreadConstraints": [{"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}}]"#
            }
        }

        private mutating func removePod() {
            guard let key = pods.keys.sorted().randomElement(using: &random) else { return }
            pods[key] = nil
            state.podChanged(key, nil, now: now)
        }

        private mutating func decide() {
            while let decision = state.next(now: now) {
                switch decision {
                case .bind(let pod, let node):
                    bindings += 1
                    underWay.append((pod, node))
                case .fail(_, let failure):
                    for victim in failure.victims?.pods ?? [] {
                        pods[victim.key] = nil
                        state.podChanged(victim.key, nil, now: now)
                    }
                }
            }
        }

        /// Bindings succeed, fail, or succeed without an answer.
        private mutating func answer() {
            let waiting = underWay
            underWay = []
            for (pod, node) in waiting {
                let isLost = random.oneIn(4)
                if !isLost || random.oneIn(2), var bound = pods[pod.key], bound.metadata.uid == pod.pod.metadata.uid {
                    bound.spec.nodeName = node
                    pods[pod.key] = bound
                    state.podChanged(pod.key, bound, now: now)
                }
                if isLost { state.bindingFailed(pod, now: now) }
            }
        }
    }

    /// What is known of a cluster, in an order that does not depend on its history.
    private func summary(_ cluster: ClusterState) -> [String] {
        cluster.nodes.sorted { $0.name < $1.name }.map { node in
            "\(node.name) \(node.requested) \(node.comparableRequested) \(node.pods.map(\.key).sorted()) "
                + "\(node.podsWithAffinity.map(\.key).sorted()) "
                + "\(node.podsWithRequiredAntiAffinity.map(\.key).sorted())"
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>) func incrementalIsWhatIsBuiltAnew(_ seed: UInt64) throws {
        var world = World(seed: seed)
        for _ in 0..<400 {
            try world.step()
            var fresh = ClusterState()
            for (_, place) in world.state.cluster.placed { fresh.place(place.pod, on: place.node) }
            for node in world.nodes.values { fresh.set(node) }
            #expect(summary(world.state.cluster) == summary(fresh))
            // What the API says of bound pods, the state says, too.
            for (key, pod) in world.pods where !pod.spec.nodeName.isEmpty {
                #expect(world.state.cluster.placed[key]?.node == pod.spec.nodeName)
            }
        }
        #expect(world.bindings > 10)
    }

    @Test(arguments: 100..<112 as Range<UInt64>) func nothingIsOvercommitted(_ seed: UInt64) throws {
        var world = World(seed: seed)
        // Nodes that stay as they are: one that shrinks is overcommitted by nobody's fault.
        for index in 0..<5 {
            let node = try Fixture.node("n\(index)", ["zone": index % 2 == 0 ? "a" : "b"], cpu: "4", pods: 6)
            world.nodes[node.metadata.name] = node
            world.state.nodeChanged(nil, node, now: .zero)
        }
        for _ in 0..<400 {
            let nodes = world.nodes
            try world.step()
            for (name, node) in nodes where world.nodes[name] != node {
                world.state.nodeChanged(world.nodes[name], node, now: world.now)
            }
            for name in world.nodes.keys where nodes[name] == nil {
                world.state.nodeChanged(world.nodes[name], nil, now: world.now)
            }
            world.nodes = nodes
            for node in world.state.cluster.nodes {
                #expect(node.requested.cpu <= node.allocatable.cpu)
                #expect(node.pods.count <= node.podCapacity)
            }
        }
        #expect(world.bindings > 10)
    }

    @Test func thousandPodsOnHundredNodes() throws {
        var state = SchedulerState(schedulerName: "default-scheduler", seed: 7)
        for index in 0..<100 {
            state.nodeChanged(nil, try Fixture.node("n\(index)", ["zone": "z\(index % 3)"], cpu: "16"), now: .zero)
        }
        let owner =
            #""labels": {"app": "web"}, "ownerReferences": "#
            + #"[{"kind": "ReplicaSet", "name": "r", "uid": "r", "controller": true}]"#
        for index in 0..<1000 {
            let pod = try Fixture.pod("p\(index)", Fixture.requests("1"), metadata: owner)
            state.podChanged(pod.metadata.key, pod, now: .zero)
        }
        let start = ContinuousClock.now
        var bound = 0
        while case .bind = state.next(now: .zero) { bound += 1 }
        print("1,000 pods on 100 nodes: \(start.duration(to: .now))")
        #expect(bound == 1000)
        let counts = state.cluster.nodes.map(\.pods.count)
        // Spread evenly: 10 each, one more or less.
        #expect(counts.allSatisfy { (9...11).contains($0) })
    }
}
