package import APIObjects
import FoundationEssentials
import JSONStream
import KubeAPI
import KubeSchema
import SwiftASN1
import X509

extension ResourceDefinition {
    package static let certificateSigningRequests = ResourceDefinition(
        "certificatesigningrequests", group: "certificates.k8s.io", strategy: CertificateSigningRequestStrategy())
}

/// What is asked for does not change; approval says yes or no once; the signer gives a certificate once.
struct CertificateSigningRequestStrategy: ResourceStrategy {
    static let clientSigner = "kubernetes.io/kube-apiserver-client"
    private static let legacySigner = "kubernetes.io/legacy-unknown"
    private static let shortest: Int64 = 600
    /// Conditions that are never taken back.
    private static let lasting = ["Approved", "Denied", "Failed"]
    private static let usages: Set<String> = [
        "signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment",
        "cert sign", "crl sign", "encipher only", "decipher only", "any", "server auth", "client auth", "code signing",
        "email protection", "s/mime", "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing",
        "microsoft sgc", "netscape sgc",
    ]

    var table: TableDefinition { .certificateSigningRequests }
    var selectableFields: [String] { ["spec.signerName"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? { object["spec"]?.text("signerName") }

    // MARK: Life

    func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {
        let spec = object["spec"] ?? [:]
        guard old == nil, spec.text("signerName") == Self.clientSigner,
            let request = Self.parse(spec.text("request")),
            request.subject.contains(where: { part in
                part.contains {
                    $0.type == .RDNAttributeType.organizationName && String($0.value) == WellKnownGroups.masters
                }
            })
        else { return }
        throw StatusError.forbidden(
            .certificateSigningRequests, object["metadata"]?.text("name") ?? "",
            "use of \(Self.clientSigner) signer with \(WellKnownGroups.masters) group is not allowed")
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) { object["status"] = [:] }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["spec"] = old["spec"]
        object["status"] = old["status"]
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        object["spec"] = old["spec"]
        // Yes and no are said by way of the subresource for it.
        let decided = old["status"]?.items("conditions").filter(Self.isDecision) ?? []
        let others = object["status"]?.items("conditions").filter { !Self.isDecision($0) } ?? []
        setConditions(&object, decided + others, old)
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, part: String) {
        let conditions = object["status"]?.items("conditions") ?? []
        object["metadata"] = object["metadata"].map { metadata in
            var metadata = metadata
            for field in ["labels", "annotations", "finalizers", "ownerReferences"] {
                metadata[field] = old["metadata"]?[field]
            }
            return metadata
        }
        object["spec"] = old["spec"]
        object["status"] = old["status"] ?? [:]
        setConditions(&object, conditions, old)
    }

    private static func isDecision(_ condition: JSONValue) -> Bool {
        ["Approved", "Denied"].contains(condition.text("type"))
    }

    private func setConditions(_ object: inout JSONValue, _ conditions: [JSONValue], _ old: JSONValue) {
        let now = JSONValue.string(Timestamp.now().text())
        let known = old["status"]?.items("conditions") ?? []
        let dated = conditions.map { condition -> JSONValue in
            var condition = condition
            let before = known.first { $0.text("type") == condition.text("type") }
            if !condition.has("lastUpdateTime") { condition["lastUpdateTime"] = now }
            if !condition.has("lastTransitionTime") {
                let isSame = before?.text("status") == condition.text("status")
                condition["lastTransitionTime"] = isSame ? before?["lastTransitionTime"] ?? now : now
            }
            return condition
        }
        object.editOrMake("status") { $0["conditions"] = dated.isEmpty ? nil : .array(dated) }
    }

    // MARK: Validation

    /// Nil if it is no request in PEM.
    static func parse(_ base64: String) -> X509.CertificateSigningRequest? {
        guard let bytes = Base64.decode(base64) else { return nil }
        return try? X509.CertificateSigningRequest(pemEncoded: String(decoding: bytes, as: UTF8.self))
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let (spec, path) = (object["spec"] ?? [:], FieldPath("spec"))
        var errors: [FieldError] = []
        if Self.parse(spec.text("request")) == nil {
            errors.append(
                .invalid(path.child("request"), spec["request"] ?? "", "PEM block type must be CERTIFICATE REQUEST"))
        }
        let usages = spec.strings("usages")
        if usages.isEmpty { errors.append(.required(path.child("usages"), "usages must be provided")) }
        var seen: Set<String> = []
        for (index, usage) in usages.enumerated() {
            let place = path.child("usages").index(index)
            if !Self.usages.contains(usage) {
                errors.append(.notSupported(place, .string(usage), Self.usages.sorted()))
            } else if !seen.insert(usage).inserted {
                errors.append(.duplicate(place, .string(usage)))
            }
        }
        errors += Self.signer(spec.text("signerName"), path.child("signerName"))
        if let seconds = spec["expirationSeconds"]?.integerValue, seconds < Self.shortest {
            errors.append(
                .invalid(
                    path.child("expirationSeconds"), .integer(seconds),
                    "may not specify a duration less than 600 seconds (10 minutes)"))
        }
        return errors
    }

    private static func signer(_ name: String, _ path: FieldPath) -> [FieldError] {
        guard !name.isEmpty else { return [.required(path)] }
        guard name != legacySigner else {
            return [.invalid(path, .string(name), "the legacy signerName is not allowed via this API version")]
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return [
                .invalid(
                    path, .string(name),
                    "must be a fully qualified domain and path of the form \"example.com/signer-name\"")
            ]
        }
        var problems = Names.dnsSubdomain(parts[0])
        if !parts[0].contains(".") {
            problems.append("should be a domain with at least two segments separated by dots")
        }
        problems += parts[1].split(separator: ".", omittingEmptySubsequences: false).flatMap {
            Names.dnsSubdomain(String($0))
        }
        return problems.map { .invalid(path, .string(name), $0) }
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] { [] }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] { status(object, old) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError] { status(object, old) }

    private func status(_ object: JSONValue, _ old: JSONValue) -> [FieldError] {
        let path = FieldPath("status")
        let conditions = object["status"]?.items("conditions") ?? []
        var errors = Self.conditions(conditions, path.child("conditions"))
        for type in Self.lasting {
            let before = old["status"]?.items("conditions").filter { $0.text("type") == type } ?? []
            guard !before.isEmpty, !conditions.contains(where: { $0.text("type") == type }) else { continue }
            errors.append(
                .forbidden(path.child("conditions"), "updates may not remove a condition of type \"\(type)\""))
        }
        let (certificate, given) = (
            object["status"]?.text("certificate") ?? "", old["status"]?.text("certificate") ?? ""
        )
        if certificate != given {
            if !given.isEmpty {
                errors.append(
                    .forbidden(path.child("certificate"), "updates may not set certificate content to another one"))
            } else if !Self.isCertificate(certificate) {
                errors.append(
                    .invalid(
                        path.child("certificate"), "<certificate data>",
                        "must contain only PEM blocks of the type CERTIFICATE"))
            }
        }
        return errors
    }

    private static func conditions(_ conditions: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, condition) in conditions.enumerated() {
            let (type, status) = (condition.text("type"), condition.text("status"))
            let place = path.index(index)
            if type.isEmpty { errors.append(.required(place.child("type"))) }
            if status.isEmpty {
                errors.append(.required(place.child("status")))
            } else if lasting.contains(type), status != "True" {
                errors.append(.notSupported(place.child("status"), .string(status), ["True"]))
            }
            if type == "Approved" && seen.contains("Denied") || type == "Denied" && seen.contains("Approved") {
                errors.append(
                    .invalid(
                        place.child("type"), .string(type), "Approved and Denied conditions are mutually exclusive"))
            }
            if !type.isEmpty, !seen.insert(type).inserted {
                errors.append(.duplicate(place.child("type"), .string(type)))
            }
        }
        return errors
    }

    private static func isCertificate(_ base64: String) -> Bool {
        guard let bytes = Base64.decode(base64), !bytes.isEmpty,
            let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
        else { return false }
        return !documents.isEmpty
            && documents.allSatisfy { $0.discriminator == "CERTIFICATE" && (try? Certificate(pemDocument: $0)) != nil }
    }
}
