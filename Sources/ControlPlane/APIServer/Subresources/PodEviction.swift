import APIObjects
import APIResources
import Hummingbird
import JSONStream
import KubeAPI
import KubeSchema

/// Deletes a pod unless a PodDisruptionBudget is against it: POST to `pods/NAME/eviction`.
struct PodEviction: Sendable {
    static let definition = ResourceDefinition(
        body: GroupVersionKind("policy", "v1", "Eviction"), plural: "evictions", strategy: PlainStrategy())

    /// More evictions than this, which the budgets' controller has not seen yet, are refused.
    private static let mostDisruptedPods = 2000

    let handler: APIHandler
    let call: Call

    func create(_ body: [UInt8]) async throws -> Response {
        let options = try RequestOptions(call.request, kind: "CreateOptions")
        let decoded = try BodyDecoder(definition: Self.definition, validation: options.fieldValidation)
            .decode(body, contentType: call.request.contentType)
        try handler.checkNamespace(decoded.object, call)
        guard decoded.object["metadata"]?.text("name") == call.target.name else {
            throw StatusError.badRequest("name in URL does not match name in Eviction object")
        }
        let given = decoded.object["deleteOptions"] ?? [:]
        var deletion = try DeleteOptions(object: given)
        deletion.isDryRun = deletion.isDryRun || options.isDryRun
        try await handler.cache.catchUp()
        guard let current = handler.cache.get(call.definition, key: call.target.key) else {
            throw StatusError.notFound(call.definition, call.target.name)
        }
        let pod = try current.decoded()
        if !Self.ignoresBudgets(pod), let budget = try budget(for: pod), !Self.isFree(pod, budget) {
            try await take(from: budget, isDryRun: deletion.isDryRun)
        }
        _ = try await Deletion(handler: handler, target: podTarget, options: deletion).run()
        return APIHandler.created(call)
    }

    private var podTarget: RequestTarget.Resource {
        var target = call.target
        target.subresource = ""
        return target
    }

    /// Pods that serve nobody.
    private static func ignoresBudgets(_ pod: JSONValue) -> Bool {
        ["Succeeded", "Failed", "Pending"].contains(pod["status"]?.text("phase") ?? "")
            || pod["metadata"]?["deletionTimestamp"] != nil
    }

    private func budget(for pod: JSONValue) throws -> JSONValue? {
        let labels = LabelSelector.labels(pod["metadata"]?["labels"])
        guard !labels.isEmpty else { return nil }
        let found = handler.admission.all(.podDisruptionBudgets, call.target.namespace).filter { budget in
            guard let selector = LabelSelector(ofObject: budget["spec"]?["selector"]) else { return false }
            return selector.matches(labels)
        }
        guard found.count < 2 else {
            throw StatusError(
                code: 500, reason: "",
                message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
                    + "support.")
        }
        return found.first
    }

    /// Whether the pod is unhealthy and does not count for its budget.
    private static func isFree(_ pod: JSONValue, _ budget: JSONValue) -> Bool {
        let ready = pod["status"]?.items("conditions").first { $0.text("type") == "Ready" }
        guard ready?.text("status") != "True" else { return false }
        if budget["spec"]?.text("unhealthyPodEvictionPolicy") == "AlwaysAllow" { return true }
        let status = budget["status"] ?? [:]
        return status.number("currentHealthy") >= status.number("desiredHealthy")
            && status.number("desiredHealthy") > 0
    }

    /// Takes one disruption from the budget, or fails.
    private func take(from budget: JSONValue, isDryRun: Bool) async throws {
        let name = budget["metadata"]?.text("name") ?? ""
        let target = RequestTarget.Resource(
            definition: .podDisruptionBudgets, namespace: call.target.namespace, name: name, subresource: "status")
        let pod = call.target.name
        _ = try await ObjectWriter(handler: handler, target: target, isDryRun: isDryRun).rewrite { budget in
            try Self.checkDisruption(budget, name)
            var budget = budget
            budget.editOrMake("status") { status in
                status["disruptionsAllowed"] = .integer(status.number("disruptionsAllowed") - 1)
                status.editOrMake("disruptedPods") { $0[pod] = .string(Timestamp.now().text()) }
            }
            return budget
        }
    }

    private static func checkDisruption(_ budget: JSONValue, _ name: String) throws {
        let status = budget["status"] ?? [:]
        if status.number("observedGeneration") < budget["metadata"]?.number("generation") ?? 0 {
            throw refused("The disruption budget \(name) is still being processed by the server.", retryAfter: 10)
        }
        let allowed = status.number("disruptionsAllowed")
        if allowed < 0 { throw forbidden(name, "pdb disruptions allowed is negative") }
        if (status["disruptedPods"]?.objectValue?.count ?? 0) > mostDisruptedPods {
            throw forbidden(
                name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
        }
        if allowed == 0 {
            throw refused(
                "The disruption budget \(name) needs \(status.number("desiredHealthy")) healthy pods and has "
                    + "\(status.number("currentHealthy")) currently", retryAfter: 0)
        }
    }

    private static func forbidden(_ name: String, _ why: String) -> StatusError {
        StatusError(
            code: 403, reason: "Forbidden", message: "poddisruptionbudget.policy \"\(name)\" is forbidden: \(why)",
            details: StatusError.Details(name: name, group: "policy", kind: "poddisruptionbudget"))
    }

    private static func refused(_ why: String, retryAfter: Int) -> StatusError {
        StatusError(
            code: 429, reason: "TooManyRequests",
            message: "Cannot evict pod as it would violate the pod's disruption budget.",
            details: StatusError.Details(
                causes: [StatusError.Cause(reason: "DisruptionBudget", message: why, field: "")],
                retryAfterSeconds: retryAfter))
    }
}
