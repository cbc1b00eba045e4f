import JSONStream

extension ResourceDefinition {
    static let leases = ResourceDefinition(
        group: "coordination.k8s.io", kind: "Lease", plural: "leases", isNamespaced: true, createsOnUpdate: true,
        schema: .lease, strategy: LeaseStrategy())
}

extension StructSchema {
    static let lease = root(
        "Lease", "A claim that its holder renews.",
        [
            Field(
                "spec",
                .object(
                    StructSchema(
                        "LeaseSpec", "The claim.",
                        [
                            Field("holderIdentity", .string, .pointer, "Who holds it."),
                            Field("leaseDurationSeconds", .int32, .pointer, "How long others wait for a renewal."),
                            Field("acquireTime", .microTime, .pointer, "When it was taken."),
                            Field("renewTime", .microTime, .pointer, "When it was renewed last."),
                            Field("leaseTransitions", .int32, .pointer, "How often the holder changed."),
                            Field("strategy", .string, .pointer, "How the holder is chosen."),
                            Field("preferredHolder", .string, .pointer, "Who should hold it."),
                        ])), .always, "The claim.")
        ])
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
