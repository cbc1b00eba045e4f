import APIObjects
import JSONStream
import KubeSchema

/// The rules of Windows settings in security contexts.
enum WindowsOptionsValidation {
    static func validate(_ options: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let options, !options.isNull else { return [] }
        var errors: [FieldError] = []
        if let name = options["gmsaCredentialSpecName"]?.stringValue {
            errors += FieldError.named(name, path.child("gmsaCredentialSpecName"), by: Names.dnsSubdomain)
        }
        if let credential = options["gmsaCredentialSpec"]?.stringValue {
            let field = path.child("gmsaCredentialSpec")
            if credential.isEmpty {
                errors.append(.invalid(field, "", "gmsaCredentialSpec cannot be an empty string"))
            } else if credential.utf8.count > 64 << 10 {
                errors.append(
                    .invalid(field, .string(credential), "gmsaCredentialSpec size must be under 64 KiB"))
            }
        }
        if let name = options["runAsUserName"]?.stringValue {
            errors += problems(name).map {
                .invalid(path.child("runAsUserName"), .string(name), "runAsUserName\($0)")
            }
        }
        return errors
    }

    /// `DOMAIN\USER` or `USER`.
    private static func problems(_ name: String) -> [String] {
        if name.isEmpty { return [" cannot be an empty string"] }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return [" cannot contain control characters"] }
        let parts = name.split(separator: "\\", omittingEmptySubsequences: false)
        if parts.count > 2 { return [" cannot contain more than one backslash"] }
        var problems: [String] = []
        if parts.count == 2 {
            let domain = String(parts[0])
            if domain.utf8.count >= 256 { problems.append("'s Domain length must be under 256 characters") }
            let isNetBIOS =
                (1...15).contains(domain.count) && !domain.hasPrefix(".")
                && !domain.contains { "\\/:*?\"<>|".contains($0) }
            if !isNetBIOS, !Names.dnsSubdomain(domain.lowercased()).isEmpty {
                problems.append("'s Domain doesn't match the NetBios nor the DNS format")
            }
        }
        let user = String(parts.last ?? "")
        if user.isEmpty {
            problems.append("'s User cannot be empty")
        } else if user.utf8.count > 104 {
            problems.append("'s User length must not be longer than 104 characters")
        }
        if !user.isEmpty, user.allSatisfy({ ". ".contains($0) }) {
            problems.append("'s User cannot contain only periods or spaces")
        }
        if user.contains(where: { "\"/\\:;|=,+*?<>@[]".contains($0) }) {
            problems.append(#"'s User cannot contain the following characters: "/\:;|=,+*?<>@[]"#)
        }
        return problems
    }
}
