import APIObjects
import APIPods
import APIResources
import AsyncHTTPClient
import Hummingbird
import JSONStream
import KubeAPI
import NIOCore
import NIOHTTP1

/// What `kubectl top` asks for, from the node agents: there is no metrics-server here.
extension APIHandler {
    /// Bytes of what one agent tells.
    private static let largestSummary = 16 << 20
    private static let patience = Duration.seconds(10)
    /// Agents that are asked at once.
    private static let width = 32

    /// Nodes with an agent that can be asked.
    private var measuredNodes: [JSONValue] {
        guard forwarder != nil else { return [] }
        return admission.all(.nodes, "").filter { node in
            node["metadata"]?["labels"]?["viaduct.io/simulated"] == nil
                && (node["status"]?["daemonEndpoints"]?["kubeletEndpoint"]?.number("Port") ?? 0) > 0
        }
    }

    /// Whether there is somebody who measures.
    var servesMetrics: Bool { !measuredNodes.isEmpty }

    /// Nil for every other path, and where nobody measures.
    func resourceMetrics(_ request: APIRequest, _ http: Request) async throws -> Response? {
        guard let path = ResourceMetrics.Path(request.path), let forwarder else { return nil }
        let nodes = measuredNodes
        guard !nodes.isEmpty else { return nil }
        guard request.method == .get else { throw StatusError.methodNotAllowed }
        let selector = try LabelSelector(request.first("labelSelector"))
        func isWanted(_ object: JSONValue) -> Bool {
            selector.matches(LabelSelector.labels(object["metadata"]?["labels"]))
        }
        switch path {
        case .group:
            var group: JSONValue = ["kind": "APIGroup", "apiVersion": "v1"]
            for (name, value) in ResourceMetrics.groupEntry.objectValue ?? [:] { group[name] = value }
            return Self.json(group)
        case .resources: return Self.json(ResourceMetrics.resources)
        case .nodes(let name):
            let chosen = nodes.filter { node in
                name.map { node["metadata"]?.text("name") == $0 } ?? isWanted(node)
            }
            let summaries = await summaries(of: chosen, http, forwarder)
            let items = chosen.compactMap { node -> JSONValue? in
                let own = node["metadata"]?.text("name") ?? ""
                return summaries[own].flatMap {
                    ResourceMetrics.node(own, labels: node["metadata"]?["labels"] ?? [:], $0)
                }
            }
            return try metricsAnswer("NodeMetrics", "nodes", items, name)
        case .pods(let namespace, let name):
            var pods: [String: JSONValue] = [:]
            for pod in admission.all(.pods, namespace)
            where name.map({ pod["metadata"]?.text("name") == $0 }) ?? isWanted(pod) {
                pods[pod["metadata"]?.text("uid") ?? ""] = pod
            }
            let hosts = Set(pods.values.map { $0["spec"]?.text("nodeName") ?? "" })
            let summaries = await summaries(
                of: nodes.filter { hosts.contains($0["metadata"]?.text("name") ?? "") }, http, forwarder)
            let items = summaries.values.flatMap { $0.items("pods") }.compactMap { found -> JSONValue? in
                pods[found["podRef"]?.text("uid") ?? ""].flatMap { pod in
                    ResourceMetrics.pod(found, labels: pod["metadata"]?["labels"] ?? [:])
                }
            }
            return try metricsAnswer("PodMetrics", "pods", items, name)
        }
    }

    private func metricsAnswer(
        _ kind: String, _ plural: String, _ items: [JSONValue], _ name: String?
    ) throws -> Response {
        guard let name else {
            let sorted = items.sorted { left, right in
                let (one, other) = (left["metadata"] ?? [:], right["metadata"] ?? [:])
                return (one.text("namespace"), one.text("name")) < (other.text("namespace"), other.text("name"))
            }
            return Self.json(ResourceMetrics.list(kind, sorted))
        }
        guard let only = items.first else {
            throw StatusError(
                code: 404, reason: "NotFound", message: "\(plural).metrics.k8s.io \"\(name)\" not found",
                details: StatusError.Details(name: name, group: ResourceMetrics.group, kind: plural))
        }
        return Self.json(only)
    }

    /// By node; those that do not answer are left out.
    private func summaries(
        of nodes: [JSONValue], _ http: Request, _ forwarder: NodeForwarder
    ) async -> [String: JSONValue] {
        await withTaskGroup(of: (String, JSONValue?).self) { group in
            var result: [String: JSONValue] = [:]
            var waiting = nodes.compactMap { $0["metadata"]?.text("name") }[...]
            func next() {
                guard let name = waiting.popFirst() else { return }
                group.addTask { (name, try? await self.summary(of: name, http, forwarder)) }
            }
            for _ in 0..<Self.width { next() }
            for await (name, summary) in group {
                result[name] = summary
                next()
            }
            return result
        }
    }

    private func summary(of node: String, _ http: Request, _ forwarder: NodeForwarder) async throws -> JSONValue {
        let place = try agent(node, ["stats", "summary"], [])
        return try await withThrowingTaskGroup(of: JSONValue.self) { group in
            group.addTask {
                let answer = try await forwarder.ask(http, place, passesBody: false)
                guard answer.status == .ok else { throw StatusError.internalError("\(answer.status)") }
                return try JSONValue(
                    parsing: Array(buffer: try await answer.body.collect(upTo: Self.largestSummary)))
            }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? [:]
        }
    }
}
