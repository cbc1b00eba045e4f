import JSONStream
import OrderedCollections

extension ResourceDefinition {
    static let serviceAccounts = ResourceDefinition(
        kind: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"], isNamespaced: true,
        returnsDeletedObject: true, schema: .serviceAccount, strategy: ServiceAccountStrategy())
}

extension StructSchema {
    static let serviceAccount = root(
        "ServiceAccount", "An identity for programs.",
        [
            Field(
                "secrets", .array(.object(objectReference)), mergeKey: "name", list: .map(["name"]),
                "Secrets that pods with this identity may use."),
            Field(
                "imagePullSecrets",
                .array(
                    .object(
                        StructSchema(
                            "LocalObjectReference", "An object in the same namespace.",
                            [Field("name", .string, default: "", "Name of the object.")]))),
                "Secrets for pulling images."),
            Field(
                "automountServiceAccountToken", .bool, .pointer, "Whether pods with this identity get a token of it."),
        ])
}

struct ServiceAccountStrategy: ResourceStrategy {
    var table: TableDefinition {
        TableDefinition(
            columns: [.name, .init(name: "Secrets", description: "How many secrets it lists."), .age]
        ) { object, now in
            [
                TableDefinition.name(object), .integer(Int64(object.items("secrets").count)),
                TableDefinition.age(object, now),
            ]
        }
    }
}
