import APIObjects
import JSONStream
import KubeSchema

/// The rules of probes and of what is done at the start and end of a container.
struct ProbeValidation {
    let gracePeriod: Int64?

    func probe(_ probe: JSONValue, _ name: String, _ path: FieldPath) -> [FieldError] {
        var errors = handler(probe, ["exec", "httpGet", "tcpSocket", "grpc"], path)
        for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
        {
            errors += FieldError.negative(probe, field, path)
        }
        let field = path.child("terminationGracePeriodSeconds")
        let seconds = probe["terminationGracePeriodSeconds"]?.integerValue
        if let seconds, seconds <= 0 {
            errors.append(.invalid(field, .integer(seconds), "must be greater than 0"))
        }
        if name == "readinessProbe" {
            if let seconds {
                errors.append(.invalid(field, .integer(seconds), "must not be set for readinessProbes"))
            }
        } else if probe.number("successThreshold") != 1 {
            errors.append(
                .invalid(path.child("successThreshold"), .integer(probe.number("successThreshold")), "must be 1"))
        }
        return errors
    }

    func lifecycle(_ lifecycle: JSONValue, _ path: FieldPath, os: String) -> [FieldError] {
        var errors: [FieldError] = []
        for name in ["postStart", "preStop"] {
            guard let action = lifecycle[name], !action.isNull else { continue }
            errors += handler(action, ["exec", "httpGet", "tcpSocket", "sleep"], path.child(name))
        }
        if lifecycle.has("stopSignal"), os.isEmpty {
            errors.append(
                .forbidden(path.child("stopSignal"), "may not be set for containers with empty `spec.os.name`"))
        }
        return errors
    }

    private func handler(_ handler: JSONValue, _ kinds: [String], _ path: FieldPath) -> [FieldError] {
        let present = kinds.filter { handler.has($0) }
        guard let first = present.first else { return [.required(path, "must specify a handler type")] }
        var errors = action(first, handler[first] ?? [:], path.child(first))
        for kind in present.dropFirst() {
            errors.append(.forbidden(path.child(kind), "may not specify more than 1 handler type"))
        }
        return errors
    }

    private func action(_ kind: String, _ action: JSONValue, _ path: FieldPath) -> [FieldError] {
        switch kind {
        case "exec": return action.items("command").isEmpty ? [.required(path.child("command"))] : []
        case "httpGet": return http(action, path)
        case "grpc": return AddressValidation.port(action.number("port"), path.child("port"))
        case "sleep":
            let seconds = action.number("seconds")
            guard let gracePeriod, seconds < 0 || seconds > gracePeriod else { return [] }
            return [
                .invalid(
                    path, .integer(seconds),
                    "must be non-negative and less than terminationGracePeriodSeconds (\(gracePeriod))")
            ]
        default: return AddressValidation.portOrName(action["port"], path.child("port"))
        }
    }

    private func http(_ request: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = request.text("path").isEmpty ? [.required(path.child("path"))] : []
        errors += AddressValidation.portOrName(request["port"], path.child("port"))
        let scheme = request.text("scheme")
        if !["HTTP", "HTTPS"].contains(scheme) {
            errors.append(.notSupported(path.child("scheme"), .string(scheme), ["HTTP", "HTTPS"]))
        }
        for header in request.items("httpHeaders") {
            errors += FieldError.named(header.text("name"), path.child("httpHeaders"), by: Names.httpHeader)
        }
        return errors
    }
}
