import APIObjects
import APIResources
import APISecurity
import JSONStream
import KubeAPI
import KubeSchema
import Logging

/// Asks the webhooks that want to see a write, changes the object as they say, and refuses what they refuse (upstream's
/// MutatingAdmissionWebhook and ValidatingAdmissionWebhook).
struct Webhooks: Sendable {
    struct Answer: Sendable {
        var object: JSONValue
        var warnings: [String] = []
    }

    private static let group = "admissionregistration.k8s.io"
    private static let mutating = ResourceRegistry.standard.find(
        apiVersion: "\(group)/v1", plural: "mutatingwebhookconfigurations")
    private static let validating = ResourceRegistry.standard.find(
        apiVersion: "\(group)/v1", plural: "validatingwebhookconfigurations")

    private let handler: APIHandler
    private let target: RequestTarget.Resource
    private let user: UserInfo
    private let isDryRun: Bool

    /// Nil if there is nobody to ask. What the server itself writes nobody is asked about, nor about webhooks.
    init?(_ handler: APIHandler, _ target: RequestTarget.Resource, user: UserInfo?, isDryRun: Bool) {
        guard let user, target.definition.group != Self.group else { return nil }
        let kinds = [Self.mutating, Self.validating].compactMap(\.self)
        guard kinds.contains(where: { !handler.cache.snapshot($0).objects.isEmpty }) else { return nil }
        self.handler = handler
        self.target = target
        self.user = user
        self.isDryRun = isDryRun
    }

    // MARK: Asking

    func mutate(_ object: JSONValue, old: JSONValue?, _ operation: String) async throws -> Answer {
        var answer = Answer(object: object)
        for hook in hooks(Self.mutating, object, old, operation) {
            guard let response = try await ask(hook, answer.object, old, operation) else { continue }
            answer.warnings += response.strings("warnings")
            let patch = response.text("patch")
            guard !patch.isEmpty else { continue }
            do {
                guard response.text("patchType") == "JSONPatch", let bytes = Base64.decode(patch) else {
                    throw StatusError.badRequest("the patch is no JSONPatch in base64")
                }
                let changed = try JSONPatch(try JSONValue(parsing: bytes)).apply(to: answer.object)
                answer.object = try BodyDecoder(definition: target.definition, validation: .ignore)
                    .structured(changed).object
            } catch {
                throw StatusError.internalError(
                    "failed calling webhook \"\(hook.text("name"))\": \((error as? StatusError)?.message ?? "\(error)")"
                )
            }
        }
        return answer
    }

    /// - Returns: what they warn of.
    func validate(_ object: JSONValue?, old: JSONValue?, _ operation: String) async throws -> [String] {
        var warnings: [String] = []
        for hook in hooks(Self.validating, object, old, operation) {
            warnings += try await ask(hook, object, old, operation)?.strings("warnings") ?? []
        }
        return warnings
    }

    /// The response; nil if the webhook could not be asked, and says that this does not matter.
    private func ask(
        _ hook: JSONValue, _ object: JSONValue?, _ old: JSONValue?, _ operation: String
    ) async throws -> JSONValue? {
        let name = hook.text("name")
        if isDryRun, !["None", "NoneOnDryRun"].contains(hook.text("sideEffects")) {
            throw StatusError.badRequest("admission webhook \"\(name)\" does not support dry run")
        }
        let uid = UUIDText.random()
        let review: JSONValue = [
            "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
            "request": request(uid, object, old, operation),
        ]
        let response: JSONValue
        do {
            let call = WebhookCall(
                config: hook["clientConfig"] ?? [:], seconds: hook["timeoutSeconds"]?.integerValue ?? 10)
            response = try await call.post(review) { service in
                handler.admission.find(.services, service.text("namespace"), service.text("name"))?["spec"]?
                    .text("clusterIP")
            }
            guard response.text("uid") == uid else { throw WebhookCall.Failure("its response is to another request") }
        } catch let error as CancellationError {
            throw error
        } catch {
            handler.logger.warning(
                "an admission webhook cannot be asked", metadata: ["webhook": "\(name)", "error": "\(error)"])
            guard hook.text("failurePolicy") != "Ignore" else { return nil }
            throw StatusError.internalError("failed calling webhook \"\(name)\": \(error)")
        }
        guard response.flag("allowed") else { throw Self.denial(name, response["status"] ?? [:]) }
        return response
    }

    static func denial(_ name: String, _ status: JSONValue) -> StatusError {
        let why = status.text("message").isEmpty ? status.text("reason") : status.text("message")
        let code = status.number("code")
        return StatusError(
            code: (400..<600).contains(code) ? Int(code) : 400,
            reason: status.text("reason").isEmpty || why == status.text("reason")
                ? "BadRequest" : status.text("reason"),
            message: "admission webhook \"\(name)\" denied the request"
                + (why.isEmpty ? " without explanation" : ": \(why)"))
    }

    private func request(_ uid: String, _ object: JSONValue?, _ old: JSONValue?, _ operation: String) -> JSONValue {
        let definition = target.definition
        let kind: JSONValue = [
            "group": .string(definition.group), "version": .string(definition.version),
            "kind": .string(definition.kind),
        ]
        let resource: JSONValue = [
            "group": .string(definition.group), "version": .string(definition.version),
            "resource": .string(definition.plural),
        ]
        let name = (object ?? old)?["metadata"]?.text("name") ?? ""
        var request: JSONValue = [
            "uid": .string(uid), "kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
            "name": .string(name.isEmpty ? target.name : name), "operation": .string(operation), "userInfo": user.json,
            "object": object ?? .null, "oldObject": old ?? .null, "dryRun": .bool(isDryRun),
        ]
        if definition.isNamespaced { request["namespace"] = .string(target.namespace) }
        if !target.subresource.isEmpty {
            request["subResource"] = .string(target.subresource)
            request["requestSubResource"] = .string(target.subresource)
        }
        return request
    }

    // MARK: Choosing

    private func hooks(
        _ kind: ResourceDefinition?, _ object: JSONValue?, _ old: JSONValue?, _ operation: String
    ) -> [JSONValue] {
        guard let kind else { return [] }
        let definition = target.definition
        let labels = [object, old].compactMap { $0 }.map { LabelSelector.labels($0["metadata"]?["labels"]) }
        let namespace = namespaceLabels(object ?? old)
        return handler.admission.all(kind, "").sorted {
            ($0["metadata"]?.text("name") ?? "") < ($1["metadata"]?.text("name") ?? "")
        }.flatMap { $0.items("webhooks") }.filter { hook in
            hook.items("rules").contains {
                WebhookRule($0).matches(definition, subresource: target.subresource, operation)
            }
                && labels.contains { LabelSelector(ofObject: hook["objectSelector"] ?? [:])?.matches($0) ?? false }
                && (namespace.map { LabelSelector(ofObject: hook["namespaceSelector"] ?? [:])?.matches($0) ?? false }
                    ?? true)
        }
    }

    /// Nil for what is in no namespace, and is none.
    private func namespaceLabels(_ object: JSONValue?) -> [String: String]? {
        if target.definition === ResourceDefinition.namespaces {
            return LabelSelector.labels(object?["metadata"]?["labels"])
        }
        guard target.definition.isNamespaced else { return nil }
        let namespace = handler.admission.find(.namespaces, "", target.namespace)
        return LabelSelector.labels(namespace?["metadata"]?["labels"])
    }
}

/// Which requests a webhook wants to see.
struct WebhookRule {
    private let rule: JSONValue

    init(_ rule: JSONValue) { self.rule = rule }

    func matches(_ definition: ResourceDefinition, subresource: String, _ operation: String) -> Bool {
        func holds(_ list: String, _ value: String) -> Bool {
            rule.strings(list).contains { $0 == "*" || $0 == value }
        }
        let scope = rule.text("scope")
        guard holds("operations", operation), holds("apiGroups", definition.group),
            holds("apiVersions", definition.version),
            ["", "*", definition.isNamespaced ? "Namespaced" : "Cluster"].contains(scope)
        else { return false }
        return rule.strings("resources").contains { text in
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            let part = parts.count > 1 ? parts[1] : ""
            return ["*", definition.plural].contains(parts.first ?? "") && (part == subresource || part == "*")
        }
    }
}
