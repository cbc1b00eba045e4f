package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let leases = ResourceDefinition(
        "leases", group: "coordination.k8s.io", createsOnUpdate: true, strategy: LeaseStrategy())
}

struct LeaseStrategy: ResourceStrategy {
    /// Fields of coordinated leader election, which is not on unless somebody turns it on.
    private static let gated = ["strategy", "preferredHolder"]

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object.edit("spec") { spec in for field in Self.gated { spec[field] = nil } }
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object.edit("spec") { spec in
            for field in Self.gated where old["spec"]?[field] == nil { spec[field] = nil }
        }
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let path = FieldPath("spec")
        let spec = object["spec"] ?? [:]
        var errors: [FieldError] = []
        if let seconds = spec["leaseDurationSeconds"]?.integerValue, seconds <= 0 {
            errors.append(.invalid(path.child("leaseDurationSeconds"), .integer(seconds), "must be greater than 0"))
        }
        if let transitions = spec["leaseTransitions"]?.integerValue, transitions < 0 {
            errors.append(
                .invalid(
                    path.child("leaseTransitions"), .integer(transitions), "must be greater than or equal to 0"))
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(update: .change) }
    var needsVersionToUpdate: Bool { true }

    var table: TableDefinition { .leases }
}
