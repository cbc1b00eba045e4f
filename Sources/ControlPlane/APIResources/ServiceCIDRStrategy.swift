package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let serviceCIDRs = ResourceDefinition(
        "servicecidrs", group: "networking.k8s.io", strategy: ServiceCIDRStrategy())
}

struct ServiceCIDRStrategy: ResourceStrategy {
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) { object["status"] = [:] }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let path = FieldPath("spec.cidrs")
        let cidrs = object["spec"]?.strings("cidrs") ?? []
        if cidrs.isEmpty { return [.required(path, "at least one CIDR required")] }
        var errors: [FieldError] = []
        if cidrs.count > 2 {
            errors.append(
                .invalid(path, object["spec"]?["cidrs"] ?? [], "may only hold up to 2 values"))
        }
        for (index, cidr) in cidrs.enumerated() { errors += AddressValidation.canonicalCIDR(cidr, path.index(index)) }
        if cidrs.count == 2, Set(cidrs.map { $0.contains(":") }).count < 2 {
            errors.append(
                .invalid(
                    path, object["spec"]?["cidrs"] ?? [], "may specify no more than one IP for each IP family"))
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        // A second family may be added to one; nothing else changes.
        let path = FieldPath("spec.cidrs")
        let (before, after) = (old["spec"]?.items("cidrs") ?? [], object["spec"]?.items("cidrs") ?? [])
        guard after.count == before.count || (before.count, after.count) == (1, 2) else {
            return [.invalid(path, object["spec"]?["cidrs"] ?? [], FieldError.immutable)]
        }
        return zip(before, after).enumerated().filter { $1.0 != $1.1 }.map { index, pair in
            .invalid(path.index(index), pair.1, FieldError.immutable)
        }
    }

    var table: TableDefinition { .serviceCIDRs }
}
