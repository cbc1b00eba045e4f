import APIObjects
import JSONStream
import KubeSchema

/// Kinds that are served from what the facts say, with no more rules than are said here.
extension ResourceDefinition {
    /// Nil if the facts do not have the type of its objects.
    convenience init?(plain fact: ResourceFact) {
        let kind = GroupVersionKind(fact.group, fact.version, fact.kind)
        guard KubeSchema.kind(group: kind.group, version: kind.version, kind: kind.kind) != nil else { return nil }
        self.init(
            fact.plural, group: fact.group, version: fact.version,
            strategy: PlainKinds.strategy("\(fact.plural).\(fact.group)", KubeSchema.type(of: kind)))
    }
}

enum PlainKinds {
    static func strategy(_ name: String, _ schema: StructSchema) -> PlainStrategy {
        var strategy = PlainStrategy()
        if case .object(let status)? = schema["status"]?.type { strategy.status = status }
        strategy.countsGenerations = counted.contains(name)
        if let table = tables[name] { strategy.table = table }
        let defaults = defaults[name]
        strategy.defaults = { object in defaults?(&object) }
        let immutable = immutable[name] ?? []
        strategy.rules = { object, old in
            RequiredFields.check(object, schema) + PlainStrategy.immutable(immutable, object, old)
                + conditionsInCEL(object)
        }
        return strategy
    }

    /// Webhooks' conditions are not evaluated, and one that is asked less often than its author wants is refused.
    private static func conditionsInCEL(_ object: JSONValue) -> [FieldError] {
        object.items("webhooks").enumerated().filter { !$1.items("matchConditions").isEmpty }.map { index, _ in
            .forbidden(
                FieldPath("webhooks").index(index).child("matchConditions"),
                "this server does not evaluate CEL; leave the conditions out, or use rules and selectors")
        }
    }

    /// Changes of these are counted in metadata.generation.
    private static let counted: Set<String> = [
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "validatingadmissionpolicybindings.admissionregistration.k8s.io",
        "mutatingadmissionpolicies.admissionregistration.k8s.io",
        "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
        "flowschemas.flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
        "deviceclasses.resource.k8s.io", "resourceslices.resource.k8s.io",
    ]

    private static let immutable: [String: [String]] = [
        "volumeattributesclasses.storage.k8s.io": ["driverName", "parameters"],
        "resourceclaims.resource.k8s.io": ["spec"], "resourceclaimtemplates.resource.k8s.io": ["spec"],
    ]

    private static let tables: [String: TableDefinition] = [
        "mutatingwebhookconfigurations.admissionregistration.k8s.io": .webhookConfigurations,
        "validatingwebhookconfigurations.admissionregistration.k8s.io": .webhookConfigurations,
        "componentstatuses.": .componentStatuses,
    ]

    private static let defaults: [String: @Sendable (inout JSONValue) -> Void] = [
        "mutatingwebhookconfigurations.admissionregistration.k8s.io": { object in
            object.editItems("webhooks") { hook in
                webhook(&hook)
                hook.setDefault("reinvocationPolicy", "Never")
            }
        },
        "validatingwebhookconfigurations.admissionregistration.k8s.io": { $0.editItems("webhooks", webhook) },
        "validatingadmissionpolicies.admissionregistration.k8s.io": policy,
        "mutatingadmissionpolicies.admissionregistration.k8s.io": policy,
        "validatingadmissionpolicybindings.admissionregistration.k8s.io": { object in
            object.edit("spec") { $0.edit("matchResources", matchResources) }
        },
        "mutatingadmissionpolicybindings.admissionregistration.k8s.io": { object in
            object.edit("spec") { $0.edit("matchResources", matchResources) }
        },
        "flowschemas.flowcontrol.apiserver.k8s.io": { object in
            object.edit("spec") { $0.setDefault("matchingPrecedence", nonzero: 1000) }
        },
        "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": priorityLevel,
        "resourceclaims.resource.k8s.io": { object in object.edit("spec", claim) },
        "resourceclaimtemplates.resource.k8s.io": { object in
            object.edit("spec") { $0.edit("spec", claim) }
        },
    ]

    private static func webhook(_ hook: inout JSONValue) {
        hook.setDefault("failurePolicy", "Fail")
        hook.setDefault("matchPolicy", "Equivalent")
        selectors(&hook)
        if hook["timeoutSeconds"] == nil { hook["timeoutSeconds"] = 10 }
        hook.editItems("rules", scope)
        hook.edit("clientConfig") { config in
            config.edit("service") { if $0["port"] == nil { $0["port"] = 443 } }
        }
    }

    private static func scope(_ rule: inout JSONValue) { rule.setDefault("scope", "*") }

    private static func selectors(_ holder: inout JSONValue) {
        for name in ["namespaceSelector", "objectSelector"] where !holder.has(name) { holder[name] = [:] }
    }

    private static func matchResources(_ match: inout JSONValue) {
        match.setDefault("matchPolicy", "Equivalent")
        selectors(&match)
        match.editItems("resourceRules", scope)
        match.editItems("excludeResourceRules", scope)
    }

    @Sendable private static func policy(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.setDefault("failurePolicy", "Fail")
            spec.edit("matchConstraints", matchResources)
        }
    }

    @Sendable private static func priorityLevel(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.edit("limited") { limited in
                if limited["nominalConcurrencyShares"] == nil { limited["nominalConcurrencyShares"] = 30 }
                if limited["lendablePercent"] == nil { limited["lendablePercent"] = 0 }
                limited.edit("limitResponse") { response in
                    response.edit("queuing") { queuing in
                        queuing.setDefault("queues", nonzero: 64)
                        queuing.setDefault("handSize", nonzero: 8)
                        queuing.setDefault("queueLengthLimit", nonzero: 50)
                    }
                }
            }
            spec.edit("exempt") { exempt in
                if exempt["nominalConcurrencyShares"] == nil { exempt["nominalConcurrencyShares"] = 0 }
                if exempt["lendablePercent"] == nil { exempt["lendablePercent"] = 0 }
            }
        }
    }

    private static func claim(_ spec: inout JSONValue) {
        spec.edit("devices") { devices in
            devices.editItems("requests") { request in
                request.edit("exactly", count)
                request.editItems("firstAvailable", count)
            }
        }
    }

    private static func count(_ request: inout JSONValue) {
        request.setDefault("allocationMode", "ExactCount")
        if request.text("allocationMode") == "ExactCount" { request.setDefault("count", nonzero: 1) }
    }
}

/// What the facts call required must be there: the rule for kinds of which nothing more is known.
enum RequiredFields {
    private static let mostErrors = 100

    static func check(_ object: JSONValue, _ schema: StructSchema) -> [FieldError] {
        var errors: [FieldError] = []
        for field in schema.fields where !["metadata", "status", "kind", "apiVersion"].contains(field.name) {
            check(object[field.name], field, FieldPath(field.name), &errors)
        }
        return Array(errors.prefix(mostErrors))
    }

    private static func check(_ value: JSONValue?, _ field: Field, _ path: FieldPath, _ errors: inout [FieldError]) {
        guard errors.count < mostErrors else { return }
        switch (value ?? .null, field.type) {
        case (.null, _), (.string(""), .string):
            if field.isRequired, isTold(field.type) { errors.append(.required(path)) }
        case (let value, let type): check(value, type, path, &errors)
        }
    }

    private static func check(_ value: JSONValue, _ type: SchemaType, _ path: FieldPath, _ errors: inout [FieldError]) {
        switch (value, type) {
        case (.object, .object(let schema)):
            for field in schema.fields { check(value[field.name], field, path.child(field.name), &errors) }
        case (.array(let items), .array(let element)):
            for (index, item) in items.enumerated() { check(item, element, path.index(index), &errors) }
        default: return
        }
    }

    /// Zero is a number like others, and an empty list is a list.
    private static func isTold(_ type: SchemaType) -> Bool {
        switch type {
        case .string, .object: true
        default: false
        }
    }
}
