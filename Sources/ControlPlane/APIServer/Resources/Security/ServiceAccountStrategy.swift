import JSONStream

extension ResourceDefinition {
    static let serviceAccounts = ResourceDefinition(
        kind: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"], isNamespaced: true,
        subresources: [.token], returnsDeletedObject: true, schema: .serviceAccount, strategy: ServiceAccountStrategy())
}

extension StructSchema {
    static let serviceAccount = root(
        "ServiceAccount", "An identity for programs.",
        [
            Field(
                2, "secrets", .array(.object(objectReference)), mergeKey: "name", list: .map(["name"]),
                "Secrets that pods with this identity may use."),
            Field(
                3, "imagePullSecrets",
                .array(.object(localObjectReference)),
                "Secrets for pulling images."),
            Field(
                4, "automountServiceAccountToken", .bool, .pointer, "Whether pods with this identity get a token of it."
            ),
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
