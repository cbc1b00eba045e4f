package import APIObjects
import JSONStream

extension ResourceDefinition {
    package static let serviceAccounts = ResourceDefinition(
        "serviceaccounts", returnsDeletedObject: true, strategy: ServiceAccountStrategy())
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
