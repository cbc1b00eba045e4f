package import APIObjects
package import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let priorityClasses = ResourceDefinition(
        "priorityclasses", group: "scheduling.k8s.io", strategy: PriorityClassStrategy())

    static let runtimeClasses = ResourceDefinition(
        "runtimeclasses", group: "node.k8s.io",
        strategy: PlainStrategy(
            table: .runtimeClasses,
            rules: { object, old in
                FieldError.named(object.text("handler"), FieldPath("handler"), by: Names.dnsLabel)
                    + PlainStrategy.immutable(["handler"], object, old)
            }, metadataRules: MetadataRules(update: .change), needsVersionToUpdate: true))
}

package struct PriorityClassStrategy: ResourceStrategy {
    /// The classes that every cluster has.
    package static let system: [(name: String, value: Int64, description: String)] = [
        ("system-cluster-critical", 2_000_000_000, "For pods that the cluster cannot do without, on whichever node."),
        ("system-node-critical", 2_000_001_000, "For pods that their node cannot do without."),
    ]
    private static let highest: Int64 = 1_000_000_000

    package func applyDefaults(_ object: inout JSONValue) {
        if object["preemptionPolicy"] == nil { object["preemptionPolicy"] = "PreemptLowerPriority" }
    }

    package func generationSource(_ object: JSONValue) -> JSONValue? { 1 }

    package func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let name = object["metadata"]?.text("name") ?? ""
        let value = object.number("value")
        var errors: [FieldError] = []
        if name.hasPrefix("system-") {
            if !Self.system.contains(where: { $0.name == name && $0.value == value }) {
                errors.append(
                    .forbidden(
                        FieldPath("metadata.name"),
                        "priority class names with 'system-' prefix are reserved for system use only. error: "
                            + "\(name) is not a known system priority class"))
            }
        } else if value > Self.highest {
            errors.append(
                .forbidden(
                    FieldPath("value"), "maximum allowed value of a user defined priority is \(Self.highest)"))
        }
        return errors
            + FieldError.oneOf(
                ["PreemptLowerPriority", "Never"], object.text("preemptionPolicy"), FieldPath("preemptionPolicy"))
    }

    package var metadataRules: MetadataRules { MetadataRules(update: .change) }

    package func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let value: [FieldError] =
            object.number("value") == old.number("value")
            ? [] : [.forbidden(FieldPath("value"), "may not be changed in an update.")]
        return value + PlainStrategy.immutable(["preemptionPolicy"], object, old)
    }

    package var table: TableDefinition { .priorityClasses }
}
