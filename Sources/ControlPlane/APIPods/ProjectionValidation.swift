import APIObjects
import JSONStream
import KubeSchema

/// The rules of projected volumes: several sources in one directory.
struct ProjectionValidation {
    private static let sources = [
        "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate",
    ]

    let projection: JSONValue
    let path: FieldPath

    func validate() -> [FieldError] {
        var errors: [FieldError] = []
        var taken: Set<String> = []
        func take(_ text: String, _ shown: String) {
            guard !text.isEmpty, !taken.insert(text).inserted else { return }
            errors.append(.invalid(path, .string(shown), "conflicting duplicate paths"))
        }
        for (index, source) in projection.items("sources").enumerated() {
            let item = path.child("sources").index(index)
            for name in ["secret", "configMap"] {
                guard let files = source[name], !files.isNull else { continue }
                errors += VolumeValidation.required(files, ["name"], item.child(name))
                for (number, entry) in files.items("items").enumerated() {
                    errors += VolumeValidation.keyToPath(entry, item.child(name).child("items").index(number))
                    take(entry.text("path"), files.text("name"))
                }
            }
            for file in source["downwardAPI"]?.items("items") ?? [] {
                errors += VolumeValidation.downwardFile(file, item.child("downwardAPI"))
                take(file.text("path"), file.text("path"))
            }
            errors += token(source["serviceAccountToken"], item.child("serviceAccountToken"))
            errors += trustBundle(source["clusterTrustBundle"], item.child("clusterTrustBundle"))
            if let bundle = source["clusterTrustBundle"] { take(bundle.text("path"), bundle.text("path")) }
            errors += certificate(source["podCertificate"], item.child("podCertificate"))
            if Self.sources.filter({ source.has($0) }).count > 1 {
                errors.append(.forbidden(item, "may not specify more than 1 volume type per source"))
            }
        }
        return errors
    }

    private func token(_ token: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let token, !token.isNull else { return [] }
        var errors: [FieldError] = []
        let seconds = token.number("expirationSeconds")
        if seconds < 600 {
            errors.append(
                .invalid(
                    path.child("expirationSeconds"), .integer(seconds),
                    "may not specify a duration less than 10 minutes"))
        }
        if seconds > 1 << 32 {
            errors.append(
                .invalid(
                    path.child("expirationSeconds"), .integer(seconds),
                    "may not specify a duration larger than 2^32 seconds"))
        }
        let field = self.path.child("path")
        let file = token.text("path")
        return errors + (file.isEmpty ? [.required(field)] : PathValidation.localNotReserved(file, field))
    }

    private func trustBundle(_ bundle: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let bundle, !bundle.isNull else { return [] }
        var errors: [FieldError] = []
        switch (bundle["name"]?.stringValue, bundle["signerName"]?.stringValue) {
        case (_?, _?):
            errors.append(.invalid(path, bundle, "only one of name and signerName may be used"))
        case (let name?, nil):
            if name.isEmpty { errors.append(.required(path.child("name"), "must be a valid object name")) }
            let last = name.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? name
            errors += Names.dnsSubdomain(last).map {
                .invalid(path.child("name"), .string(name), "not a valid clustertrustbundlename: \($0)")
            }
            if let selector = bundle["labelSelector"], !selector.isNull {
                errors.append(
                    .invalid(
                        path.child("labelSelector"), selector, "labelSelector must be unset if name is specified"))
            }
        case (nil, let signer?):
            if signer.isEmpty { errors.append(.required(path.child("signerName"), "must be a valid signer name")) }
            errors += signerName(signer, path.child("signerName"))
            errors += LabelSelectorValidation.validate(bundle["labelSelector"], path.child("labelSelector"))
        case (nil, nil):
            errors.append(.required(path, "either name or signerName must be specified"))
        }
        return errors + VolumeValidation.required(bundle, ["path"], path)
            + PathValidation.localNotReserved(bundle.text("path"), path.child("path"))
    }

    /// `DOMAIN/PATH`.
    private func signerName(_ name: String, _ path: FieldPath) -> [FieldError] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            return [
                .invalid(
                    path, .string(name),
                    "must be a fully qualified domain and path of the form 'example.com/signer-name'")
            ]
        }
        return FieldError.named(String(parts[0]), path, by: Names.dnsSubdomain)
            + FieldError.named(String(parts[1]), path, by: Names.dnsSubdomain)
    }

    private func certificate(_ certificate: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let certificate, !certificate.isNull else { return [] }
        var errors = signerName(certificate.text("signerName"), path.child("signerName"))
        let types = ["ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519", "RSA3072", "RSA4096"]
        let type = certificate.text("keyType")
        if !types.contains(type) { errors.append(.notSupported(path.child("keyType"), .string(type), types)) }
        let files = ["credentialBundlePath", "keyPath", "certificateChainPath"].filter {
            !certificate.text($0).isEmpty
        }
        if files.isEmpty {
            errors.append(
                .required(
                    path,
                    "specify at least one of credentialBundlePath, keyPath, and certificateChainPath"))
        }
        for file in files { errors += PathValidation.localNotReserved(certificate.text(file), path.child(file)) }
        return errors
    }
}
