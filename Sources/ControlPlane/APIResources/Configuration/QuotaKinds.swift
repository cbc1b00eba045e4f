package import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let limitRanges = ResourceDefinition(
        "limitranges",
        strategy: PlainStrategy(
            table: .limitRanges,
            defaults: { object in object.edit("spec") { $0.editItems("limits", LimitRangeDefaults.apply) } },
            rules: { object, _ in LimitRangeRules.validate(object) },
            metadataRules: MetadataRules(update: .object)))

    package static let resourceQuotas = ResourceDefinition(
        "resourcequotas", returnsDeletedObject: true,
        strategy: PlainStrategy(
            table: .resourceQuotas,
            rules: { object, _ in
                (object["spec"] ?? [:]).sortedMembers("hard").flatMap { name, amount in
                    ResourceValidation.quantity(name, amount, FieldPath("spec.hard").key(name))
                }
            }, status: KubeSchema["core.v1.ResourceQuotaStatus"], metadataRules: MetadataRules(update: .change)))
}

/// Limits and requests of containers follow from each other where they are left out.
enum LimitRangeDefaults {
    static func apply(_ item: inout JSONValue) {
        guard item.text("type") == "Container" else { return }
        func fill(_ target: String, from source: String) {
            for (name, amount) in item[source]?.objectValue ?? [:] {
                item.editOrMake(target) { list in if list[name] == nil { list[name] = amount } }
            }
        }
        fill("default", from: "max")
        fill("defaultRequest", from: "default")
        fill("defaultRequest", from: "min")
    }
}
