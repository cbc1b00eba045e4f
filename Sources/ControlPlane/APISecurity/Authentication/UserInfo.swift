import APIResources

/// Who asks (authentication.k8s.io/v1 UserInfo).
public struct UserInfo: Hashable, Sendable {
    public var name: String
    public var uid: String
    public var groups: [String]
    public var extra: [String: [String]]

    public init(name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.name = name
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    /// The group whose members may do everything, whatever the roles say.
    public static let privilegedGroup = WellKnownGroups.masters
    static let authenticatedGroup = "system:authenticated"
    static let unauthenticatedGroup = "system:unauthenticated"
    static let serviceAccountsGroup = "system:serviceaccounts"
    package static let serviceAccountPrefix = "system:serviceaccount:"

    static let anonymous = UserInfo(name: "system:anonymous", groups: [unauthenticatedGroup])
    /// Whoever comes over the plain HTTP port without credentials.
    static let unsecured = UserInfo(name: "system:unsecured", groups: [privilegedGroup, authenticatedGroup])

    public var isPrivileged: Bool { groups.contains(Self.privilegedGroup) }

    static func serviceAccount(namespace: String, name: String, uid: String) -> UserInfo {
        UserInfo(
            name: "\(serviceAccountPrefix)\(namespace):\(name)", uid: uid,
            groups: [serviceAccountsGroup, "\(serviceAccountsGroup):\(namespace)"])
    }

    /// The same user as one that has proved who it is.
    var authenticated: UserInfo {
        guard !groups.contains(Self.authenticatedGroup), !groups.contains(Self.unauthenticatedGroup) else {
            return self
        }
        var user = self
        user.groups.append(Self.authenticatedGroup)
        return user
    }
}
