import APIObjects
import JSONStream

extension TableDefinition {
    static let webhookConfigurations = TableDefinition(
        columns: [.name, Column(name: "Webhooks", type: "integer", description: "How many webhooks it has."), .age]
    ) { object, now in [name(object), .integer(Int64(object.items("webhooks").count)), age(object, now)] }

    static let certificateSigningRequests = TableDefinition(
        columns: [
            .name, .age, Column(name: "SignerName", description: "Who is to sign."),
            Column(name: "Requestor", description: "Who asks."),
            Column(name: "RequestedDuration", description: "How long the certificate is to be good."),
            Column(name: "Condition", description: "What was decided."),
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let seconds = spec["expirationSeconds"]?.integerValue
        var words = (object["status"]?.items("conditions") ?? []).map { $0.text("type") }
        if words.isEmpty { words = ["Pending"] }
        if object["status"]?.has("certificate") == true { words.append("Issued") }
        return [
            name(object), age(object, now), .string(spec.text("signerName")), .string(spec.text("username")),
            .string(seconds.map { duration($0) } ?? "<none>"), .string(words.joined(separator: ",")),
        ]
    }

    static let componentStatuses = TableDefinition(
        columns: [
            .name, Column(name: "Status", description: "Healthy or not."),
            Column(name: "Message", description: "What it said."), Column(name: "Error", description: "What is wrong."),
        ]
    ) { object, _ in
        let condition = object.items("conditions").first { $0.text("type") == "Healthy" } ?? [:]
        let words = ["True": "Healthy", "False": "Unhealthy"]
        return [
            name(object), .string(words[condition.text("status")] ?? "Unknown"), .string(condition.text("message")),
            .string(condition.text("error")),
        ]
    }

    static let customResourceDefinitions = TableDefinition(
        columns: [.name, Column(name: "Created At", type: "date", description: "When it was made.")]
    ) { object, _ in [name(object), .string(object["metadata"]?.text("creationTimestamp") ?? "")] }

    static let horizontalPodAutoscalers = TableDefinition(
        columns: [
            .name, Column(name: "Reference", description: "What it scales."),
            Column(name: "MinPods", description: "The fewest pods."),
            Column(name: "MaxPods", type: "integer", description: "The most pods."),
            Column(name: "Replicas", type: "integer", description: "The pods that there are."), .age,
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let target = spec["scaleTargetRef"] ?? [:]
        return [
            name(object), .string("\(target.text("kind"))/\(target.text("name"))"),
            spec["minReplicas"].map { .string("\($0.integerValue ?? 0)") } ?? "<unset>",
            .integer(spec.number("maxReplicas")), .integer(object["status"]?.number("currentReplicas") ?? 0),
            age(object, now),
        ]
    }
}
