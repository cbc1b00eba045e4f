import JSONStream
import KubeAPI
import Testing

@testable import Scheduler

/// Objects from JSON, and a cluster made of them.
enum Fixture {
    static func pod(_ name: String, _ spec: String = "{}", metadata: String = "", status: String = "{}") throws -> Pod {
        let json = """
            {"metadata": {"name": "\(name)", "namespace": "default", "uid": "uid-\(name)"\
            \(metadata.isEmpty ? "" : ", " + metadata)}, "spec": \(spec), "status": \(status)}
            """
        var pod = try read(Pod.self, json)
        if pod.spec.schedulerName.isEmpty { pod.spec.schedulerName = "default-scheduler" }
        return pod
    }

    static func node(
        _ name: String, _ labels: [String: String] = [:], cpu: String = "4", memory: String = "8Gi", pods: Int = 110,
        spec: String = "{}", more: String = ""
    ) throws -> Node {
        let json = """
            {"metadata": {"name": "\(name)"}, "spec": \(spec), "status": {"allocatable": {"cpu": "\(cpu)", \
            "memory": "\(memory)", "pods": "\(pods)"\(more.isEmpty ? "" : ", " + more)}}}
            """
        var node = try read(Node.self, json)
        node.metadata.labels = labels.merging([TopologySpreadScore.hostnameLabel: name]) { own, _ in own }
        return node
    }

    static func read<Object: APIObject>(_ type: Object.Type, _ json: String) throws -> Object {
        try JSONReader.read(Array(json.utf8)) { try Object(reading: &$0) }
    }

    /// - Parameter placed: pods that are on a node: `spec.nodeName` says on which one.
    static func cluster(_ nodes: [Node], _ placed: [Pod] = []) -> ClusterState {
        var cluster = ClusterState()
        for node in nodes { cluster.set(node) }
        for pod in placed { cluster.place(PodInfo(pod), on: pod.spec.nodeName) }
        return cluster
    }

    /// The nodes that take the pod.
    static func feasible(_ pod: Pod, _ cluster: ClusterState) -> [String] {
        let info = PodInfo(pod)
        let filters = FilterSet(info, cluster)
        return cluster.nodes.filter { filters.rejection(of: $0) == nil }.map(\.name)
    }

    /// A pod that is on a node.
    static func placed(_ name: String, on node: String, _ spec: String = "{}", metadata: String = "") throws -> Pod {
        var pod = try pod(name, spec, metadata: metadata)
        pod.spec.nodeName = node
        return pod
    }

    static func requests(_ cpu: String, _ more: String = "") -> String {
        #"{"containers": [{"resources": {"requests": {"cpu": "\#(cpu)"}}}]\#(more.isEmpty ? "" : ", " + more)}"#
    }
}
