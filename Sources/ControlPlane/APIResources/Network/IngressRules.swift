import APIObjects
import JSONStream
import KubeSchema
import NetworkAddress

/// What an Ingress must be like.
enum IngressRules {
    static func validate(_ object: JSONValue) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if !spec.has("defaultBackend"), spec.items("rules").isEmpty {
            errors.append(
                .invalid(path, .array(spec.items("rules")), "either `defaultBackend` or `rules` must be specified"))
        }
        if let backend = spec["defaultBackend"], !backend.isNull {
            errors += self.backend(backend, path.child("defaultBackend"))
        }
        for (index, rule) in spec.items("rules").enumerated() {
            let item = path.child("rules").index(index)
            let host = rule.text("host")
            if !host.isEmpty {
                if IPAddress(host) != nil {
                    errors.append(
                        .invalid(item.child("host"), .string(host), "must be a DNS name, not an IP address"))
                }
                errors += self.host(host, item.child("host"))
            }
            guard let http = rule["http"], !http.isNull else { continue }
            let paths = item.child("http").child("paths")
            if http.items("paths").isEmpty { errors.append(.required(paths)) }
            for (number, entry) in http.items("paths").enumerated() { errors += self.path(entry, paths.index(number)) }
        }
        for (index, entry) in spec.items("tls").enumerated() {
            let hosts = path.child("tls").index(index).child("hosts")
            for (number, host) in entry.strings("hosts").enumerated() { errors += self.host(host, hosts.index(number)) }
        }
        if let name = spec["ingressClassName"]?.stringValue {
            errors += FieldError.named(name, path.child("ingressClassName"), by: Names.dnsSubdomain)
        }
        return errors
    }

    /// A name, or all names below one.
    private static func host(_ host: String, _ path: FieldPath) -> [FieldError] {
        guard host.contains("*") else { return FieldError.named(host, path, by: Names.dnsSubdomain) }
        if host.hasPrefix("*."), Names.dnsSubdomain(String(host.dropFirst(2))).isEmpty { return [] }
        return [
            .invalid(
                path, .string(host),
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist "
                    + "of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. "
                    + #"'*.example.com', regex used for validation is '\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?"#
                    + #"(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#)
        ]
    }

    /// What no path may have in it, and what none may end with.
    private static func sequences(_ text: String, _ path: FieldPath) -> [FieldError] {
        ["//", "/./", "/../", "%2f", "%2F"].filter { text.contains($0) }.map {
            .invalid(path, .string(text), "must not contain '\($0)'")
        }
            + ["/..", "/."].filter { text.hasSuffix($0) }.map {
                .invalid(path, .string(text), "cannot end with '\($0)'")
            }
    }

    private static func path(_ entry: JSONValue, _ path: FieldPath) -> [FieldError] {
        let types = ["Exact", "ImplementationSpecific", "Prefix"]
        var errors: [FieldError] = []
        guard let type = entry["pathType"]?.stringValue else {
            return [.required(path.child("pathType"), "pathType must be specified")]
        }
        let text = entry.text("path")
        if !types.contains(type) {
            errors.append(.notSupported(path.child("pathType"), .string(type), types))
        } else if type != "ImplementationSpecific" || !text.isEmpty, !text.hasPrefix("/") {
            errors.append(.invalid(path.child("path"), .string(text), "must be an absolute path"))
        }
        if type == "Exact" || type == "Prefix" { errors += sequences(text, path.child("path")) }
        return errors + backend(entry["backend"] ?? [:], path.child("backend"))
    }

    private static func backend(_ backend: JSONValue, _ path: FieldPath) -> [FieldError] {
        switch (backend.has("service"), backend.has("resource")) {
        case (true, true):
            return [.invalid(path, "", "cannot set both resource and service backends")]
        case (false, true):
            return []
        case (false, false):
            return [.required(path, "resource or service backend is required")]
        case (true, false):
            let service = backend["service"] ?? [:]
            let field = path.child("service")
            let name = service.text("name")
            var errors: [FieldError] =
                name.isEmpty
                ? [.required(field.child("name"))] : FieldError.named(name, field.child("name"), by: Names.dnsLabel)
            let port = service["port"] ?? [:]
            let portName = port.text("name")
            switch (portName.isEmpty, port.number("number") == 0) {
            case (true, true):
                errors.append(.required(field, "port name or number is required"))
            case (false, false):
                errors.append(.invalid(field, "", "cannot set both port name & port number"))
            case (false, true):
                errors += FieldError.named(portName, field.child("port").child("name"), by: Names.portName)
            case (true, false):
                errors += AddressValidation.port(port.number("number"), field.child("port").child("number"))
            }
            return errors
        }
    }
}
