import APIObjects
package import HTTPTypes

/// The headers by which a client wants to be treated as somebody else.
package struct ImpersonationRequest: Hashable, Sendable {
    package private(set) var user = ""
    private(set) var groups: [String] = []
    private(set) var uid = ""
    private(set) var extra: [String: [String]] = [:]

    /// Nil if there are none.
    package init?(_ headers: HTTPFields) {
        var isWanted = false
        for field in headers {
            let name = field.name.canonicalName
            guard name.hasPrefix("impersonate-") else { continue }
            switch name {
            case "impersonate-user": user = field.value
            case "impersonate-group": groups.append(field.value)
            case "impersonate-uid": uid = field.value
            case _ where name.hasPrefix(Self.extraPrefix):
                let key = PercentEscapes.decoded(name.dropFirst(Self.extraPrefix.count), plusIsSpace: false)
                extra[key, default: []].append(field.value)
            default: continue
            }
            isWanted = true
        }
        guard isWanted else { return nil }
    }

    private static let extraPrefix = "impersonate-extra-"

    /// What the user must be allowed to do for each part (upstream's attributes).
    package var permissions: [RequestAttributes] {
        var wanted: [RequestAttributes] = []
        if let account = serviceAccount {
            wanted.append(
                RequestAttributes(
                    verb: "impersonate", version: "v1", resource: "serviceaccounts", namespace: account.namespace,
                    name: account.name))
        } else {
            wanted.append(RequestAttributes(verb: "impersonate", version: "v1", resource: "users", name: user))
        }
        wanted += groups.map { RequestAttributes(verb: "impersonate", version: "v1", resource: "groups", name: $0) }
        let group = "authentication.k8s.io"
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            wanted += values.map {
                RequestAttributes(
                    verb: "impersonate", group: group, version: "v1", resource: "userextras", subresource: key, name: $0
                )
            }
        }
        if !uid.isEmpty {
            wanted.append(
                RequestAttributes(verb: "impersonate", group: group, version: "v1", resource: "uids", name: uid))
        }
        return wanted
    }

    private var serviceAccount: (namespace: String, name: String)? {
        guard user.hasPrefix(UserInfo.serviceAccountPrefix) else { return nil }
        let parts = user.dropFirst(UserInfo.serviceAccountPrefix.count).split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    /// Who the client is afterwards.
    package var impersonated: UserInfo {
        var result = UserInfo(name: user, uid: uid, groups: groups, extra: extra)
        if groups.isEmpty, let account = serviceAccount {
            result.groups = UserInfo.serviceAccount(namespace: account.namespace, name: account.name, uid: uid).groups
        }
        if user == UserInfo.anonymous.name {
            let group = UserInfo.unauthenticatedGroup
            if !result.groups.contains(group) { result.groups.append(group) }
            return result
        }
        return result.authenticated
    }
}
