package import APIObjects

/// Which authorizers are asked, as `--authorization-mode` names them.
public enum AuthorizationMode: String, Sendable, CaseIterable {
    case alwaysAllow = "AlwaysAllow"
    case alwaysDeny = "AlwaysDeny"
    case rbac = "RBAC"
    case node = "Node"
}

/// What an authorizer says.
package struct AuthorizationDecision: Hashable, Sendable {
    package var isAllowed: Bool
    package var reason: String

    static func allowed(_ reason: String = "") -> AuthorizationDecision {
        AuthorizationDecision(isAllowed: true, reason: reason)
    }
    static func denied(_ reason: String = "") -> AuthorizationDecision {
        AuthorizationDecision(isAllowed: false, reason: reason)
    }
}

/// Decides whether a user may do what a request wants. Members of ``UserInfo/privilegedGroup`` may do everything.
package struct Authorizer: Sendable {
    package let modes: [AuthorizationMode]
    package let rbac: RBACIndex
    package var references = NodeReferences()

    package init(modes: [AuthorizationMode], rbac: RBACIndex, references: NodeReferences = NodeReferences()) {
        self.modes = modes
        self.rbac = rbac
        self.references = references
    }

    package func authorize(_ attributes: RequestAttributes, _ user: UserInfo) -> AuthorizationDecision {
        if user.isPrivileged { return .allowed() }
        var reasons: [String] = []
        for mode in modes {
            let decision =
                switch mode {
                case .alwaysAllow: AuthorizationDecision.allowed()
                case .alwaysDeny: AuthorizationDecision.denied("Everything is forbidden.")
                case .rbac: rbac.authorize(attributes, user)
                case .node: NodeAuthorizer(rbac: rbac, references: references).authorize(attributes, user)
                }
            if decision.isAllowed { return decision }
            if !decision.reason.isEmpty { reasons.append(decision.reason) }
        }
        return .denied(reasons.joined(separator: "\n"))
    }

    /// The rules that hold for a user in a namespace, and what kept others from being found.
    package func rules(_ user: UserInfo, namespace: String) -> (rules: [PolicyRule], problems: [String]) {
        modes.contains(.alwaysAllow) ? (DefaultRoles.everything, []) : rbac.rules(user, namespace: namespace)
    }
}

extension StatusError {
    /// In upstream's words, which clients show to people.
    package static func forbidden(_ attributes: RequestAttributes, _ user: UserInfo, reason: String) -> StatusError {
        var text = "User \(quoted(user.name)) cannot \(attributes.verb)"
        if attributes.isResource {
            text += " resource \(quoted(attributes.combinedResource)) in API group \(quoted(attributes.group))"
            text +=
                attributes.namespace.isEmpty
                ? " at the cluster scope" : " in the namespace \(quoted(attributes.namespace))"
        } else {
            text += " path \(quoted(attributes.path))"
        }
        text = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        if !reason.isEmpty { text += ": \(reason)" }
        let plural =
            attributes.group.isEmpty ? attributes.resource : "\(attributes.resource).\(attributes.group)"
        let subject =
            plural.isEmpty ? "forbidden" : plural + (attributes.name.isEmpty ? "" : " \(quoted(attributes.name))")
        return StatusError(
            code: 403, reason: "Forbidden",
            message: plural.isEmpty ? "forbidden: \(text)" : "\(subject) is forbidden: \(text)",
            details: Details(name: attributes.name, group: attributes.group, kind: attributes.resource))
    }

    /// As Go's `%q` has it, for all that names are made of.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
