import APIObjects
import APIPods
import APIResources
import Hummingbird
import JSONStream
import KubeAPI
import KubeSchema

/// Puts a pod on a node: the scheduler's POST to `pods/NAME/binding`.
struct PodBinding: Sendable {
    static let definition = ResourceDefinition(
        body: GroupVersionKind("", "v1", "Binding"), plural: "bindings", strategy: PlainStrategy())

    let handler: APIHandler
    let call: Call

    func create(_ body: [UInt8]) async throws -> Response {
        let options = try RequestOptions(call.request, kind: "CreateOptions")
        let decoded = try BodyDecoder(definition: Self.definition, validation: options.fieldValidation)
            .decode(body, contentType: call.request.contentType)
        try handler.checkNamespace(decoded.object, call)
        let name = decoded.object["metadata"]?.text("name") ?? ""
        // POST to `bindings` names the pod in the body alone.
        let isOfPod = call.definition === ResourceDefinition.pods
        guard !name.isEmpty, !isOfPod || name == call.target.name else {
            throw StatusError.badRequest("name in URL does not match name in Binding object")
        }
        let pod = RequestTarget.Resource(
            definition: .pods, namespace: call.target.namespace, name: name, subresource: "binding")
        let target = decoded.object["target"] ?? [:]
        let errors = Self.validate(target)
        guard errors.isEmpty else {
            let list = errors.map(\.description)
            throw StatusError(
                code: 500, reason: "", message: list.count == 1 ? list[0] : "[" + list.joined(separator: ", ") + "]")
        }
        var binding = decoded.object
        try await handler.cache.catchUp()
        PodTopology.copyLabels(of: target.text("name"), to: &binding, handler.admission)
        let complete = binding
        let writer = ObjectWriter(handler: handler, target: pod, isDryRun: options.isDryRun)
        _ = try await writer.rewrite { try bound($0, complete) }
        return APIHandler.created(call)
    }

    private static func validate(_ target: JSONValue) -> [FieldError] {
        let path = FieldPath("target")
        var errors: [FieldError] = []
        let kind = target.text("kind")
        if !kind.isEmpty, kind != "Node" {
            errors.append(.notSupported(path.child("kind"), .string(kind), ["Node", "<empty>"]))
        }
        if target.text("name").isEmpty { errors.append(.required(path.child("name"))) }
        return errors
    }

    private func bound(_ pod: JSONValue, _ binding: JSONValue) throws -> JSONValue {
        let metadata = pod["metadata"] ?? [:]
        for (field, name) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let wanted = binding["metadata"]?.text(field) ?? ""
            guard wanted.isEmpty || wanted == metadata.text(field) else {
                throw conflict(
                    "Precondition failed: \(name) in precondition: \(wanted), \(name) in object meta: "
                        + metadata.text(field))
            }
        }
        let spec = pod["spec"] ?? [:]
        guard metadata["deletionTimestamp"] == nil else {
            throw conflict("pod \(call.target.name) is being deleted, cannot be assigned to a host")
        }
        guard spec.text("nodeName").isEmpty else {
            throw conflict("pod \(call.target.name) is already assigned to node \"\(spec.text("nodeName"))\"")
        }
        guard spec.items("schedulingGates").isEmpty else {
            throw conflict("pod \(call.target.name) has non-empty .spec.schedulingGates")
        }
        var pod = pod
        pod.edit("spec") { $0["nodeName"] = .string(binding["target"]?.text("name") ?? "") }
        pod.edit("metadata") { metadata in
            for map in ["annotations", "labels"] {
                for (key, value) in binding["metadata"]?[map]?.objectValue ?? [:] {
                    metadata.editOrMake(map) { $0[key] = value }
                }
            }
            metadata = ObjectWriter.ordered(metadata)
        }
        pod.editOrMake("status") { status in
            status["nominatedNodeName"] = nil
            PodConditions.set(&status, type: "PodScheduled", status: "True", now: Timestamp.now())
        }
        return pod
    }

    private func conflict(_ why: String) -> StatusError {
        var error = StatusError.conflict(call.definition, call.target.name, why)
        error.message = "Operation cannot be fulfilled on pods/binding \"\(call.target.name)\": \(why)"
        error.details?.kind = "pods/binding"
        return error
    }
}

enum PodConditions {
    /// Sets a condition of a pod's status; the time of its transition stays if the status does.
    static func set(_ status: inout JSONValue, type: String, status value: String, now: Timestamp) {
        var conditions = status.items("conditions")
        let old = conditions.firstIndex { $0.text("type") == type }
        let isSame = old.map { conditions[$0].text("status") == value } ?? false
        let time = isSame ? old.flatMap { conditions[$0]["lastTransitionTime"] } : nil
        let condition: JSONValue = [
            "type": .string(type), "status": .string(value), "lastProbeTime": nil,
            "lastTransitionTime": time ?? .string(now.text()),
        ]
        if let old { conditions[old] = condition } else { conditions.append(condition) }
        status["conditions"] = .array(conditions)
    }
}
