/// Numbers from api's core/v1, rbac/v1, authentication/v1 and authorization/v1 generated.proto.
extension ProtobufMessage {
    static let security: [String: ProtobufMessage] = [
        "v1/ServiceAccount": serviceAccount,
        "rbac.authorization.k8s.io/v1/Role": role("Role"),
        "rbac.authorization.k8s.io/v1/ClusterRole": role("ClusterRole"),
        "rbac.authorization.k8s.io/v1/RoleBinding": binding("RoleBinding"),
        "rbac.authorization.k8s.io/v1/ClusterRoleBinding": binding("ClusterRoleBinding"),
        "authentication.k8s.io/v1/TokenReview": tokenReview,
        "authentication.k8s.io/v1/TokenRequest": tokenRequest,
        "authentication.k8s.io/v1/SelfSubjectReview": selfSubjectReview,
        "authorization.k8s.io/v1/SubjectAccessReview": accessReview("SubjectAccessReview"),
        "authorization.k8s.io/v1/LocalSubjectAccessReview": accessReview("LocalSubjectAccessReview"),
        "authorization.k8s.io/v1/SelfSubjectAccessReview": accessReview("SelfSubjectAccessReview"),
        "authorization.k8s.io/v1/SelfSubjectRulesReview": rulesReview,
    ]

    private static func message(_ name: String, _ fields: [(Int32, String, ProtobufType)]) -> ProtobufMessage {
        ProtobufMessage(name, fields.map { ProtobufField($0.0, $0.1, $0.2) })
    }

    private static let serviceAccount = message(
        "ServiceAccount",
        [
            (1, "metadata", .message(objectMeta)), (2, "secrets", .repeated(.message(objectReference))),
            (3, "imagePullSecrets", .repeated(.message(message("LocalObjectReference", [(1, "name", .string)])))),
            (4, "automountServiceAccountToken", .bool),
        ])

    /// Around the values of an entry of `extra`.
    static let stringList = message("ExtraValue", [(1, "items", .repeated(.string))])

    // MARK: Roles

    private static func role(_ name: String) -> ProtobufMessage {
        let rule = message(
            "PolicyRule",
            [
                (1, "verbs", .repeated(.string)), (2, "apiGroups", .repeated(.string)),
                (3, "resources", .repeated(.string)), (4, "resourceNames", .repeated(.string)),
                (5, "nonResourceURLs", .repeated(.string)),
            ])
        let requirement = message(
            "LabelSelectorRequirement",
            [(1, "key", .string), (2, "operator", .string), (3, "values", .repeated(.string))])
        let selector = message(
            "LabelSelector",
            [(1, "matchLabels", .map(.string)), (2, "matchExpressions", .repeated(.message(requirement)))])
        let aggregation = message(
            "AggregationRule", [(1, "clusterRoleSelectors", .repeated(.message(selector)))])
        let fields: [(Int32, String, ProtobufType)] = [
            (1, "metadata", .message(objectMeta)), (2, "rules", .repeated(.message(rule))),
        ]
        return message(
            name, fields + (name == "ClusterRole" ? [(3, "aggregationRule", .message(aggregation))] : []))
    }

    private static func binding(_ name: String) -> ProtobufMessage {
        let subject = message(
            "Subject",
            [(1, "kind", .string), (2, "apiGroup", .string), (3, "name", .string), (4, "namespace", .string)])
        let reference = message("RoleRef", [(1, "apiGroup", .string), (2, "kind", .string), (3, "name", .string)])
        return message(
            name,
            [
                (1, "metadata", .message(objectMeta)), (2, "subjects", .repeated(.message(subject))),
                (3, "roleRef", .message(reference)),
            ])
    }

    // MARK: Identities

    private static let userInfo = message(
        "UserInfo",
        [
            (1, "username", .string), (2, "uid", .string), (3, "groups", .repeated(.string)),
            (4, "extra", .map(.stringList)),
        ]
    )

    private static let tokenReview = message(
        "TokenReview",
        [
            (1, "metadata", .message(objectMeta)),
            (
                2, "spec",
                .message(message("TokenReviewSpec", [(1, "token", .string), (2, "audiences", .repeated(.string))]))
            ),
            (
                3, "status",
                .message(
                    message(
                        "TokenReviewStatus",
                        [
                            (1, "authenticated", .bool), (2, "user", .message(userInfo)), (3, "error", .string),
                            (4, "audiences", .repeated(.string)),
                        ]))
            ),
        ])

    private static let selfSubjectReview = message(
        "SelfSubjectReview",
        [
            (1, "metadata", .message(objectMeta)),
            (2, "status", .message(message("SelfSubjectReviewStatus", [(1, "userInfo", .message(userInfo))]))),
        ])

    private static let tokenRequest = message(
        "TokenRequest",
        [
            (1, "metadata", .message(objectMeta)),
            (
                2, "spec",
                .message(
                    message(
                        "TokenRequestSpec",
                        [
                            (1, "audiences", .repeated(.string)),
                            (
                                3, "boundObjectRef",
                                .message(
                                    message(
                                        "BoundObjectReference",
                                        [
                                            (1, "kind", .string), (2, "apiVersion", .string), (3, "name", .string),
                                            (4, "uid", .string),
                                        ]))
                            ), (4, "expirationSeconds", .int64),
                        ]))
            ),
            (
                3, "status",
                .message(message("TokenRequestStatus", [(1, "token", .string), (2, "expirationTimestamp", .time)]))
            ),
        ])

    // MARK: Permissions

    private static func accessReview(_ name: String) -> ProtobufMessage {
        let selector = message(
            "SelectorAttributes",
            [
                (1, "rawSelector", .string),
                (
                    2, "requirements",
                    .repeated(
                        .message(
                            message(
                                "SelectorRequirement",
                                [(1, "key", .string), (2, "operator", .string), (3, "values", .repeated(.string))])))
                ),
            ])
        let resource = message(
            "ResourceAttributes",
            [
                (1, "namespace", .string), (2, "verb", .string), (3, "group", .string), (4, "version", .string),
                (5, "resource", .string), (6, "subresource", .string), (7, "name", .string),
                (8, "fieldSelector", .message(selector)), (9, "labelSelector", .message(selector)),
            ])
        let other = message("NonResourceAttributes", [(1, "path", .string), (2, "verb", .string)])
        let request: [(Int32, String, ProtobufType)] = [
            (1, "resourceAttributes", .message(resource)), (2, "nonResourceAttributes", .message(other)),
        ]
        let subject: [(Int32, String, ProtobufType)] = [
            (3, "user", .string), (4, "groups", .repeated(.string)), (5, "extra", .map(.stringList)),
            (6, "uid", .string),
        ]
        let isSelf = name == "SelfSubjectAccessReview"
        let spec = message(isSelf ? "\(name)Spec" : "SubjectAccessReviewSpec", request + (isSelf ? [] : subject))
        let status = message(
            "SubjectAccessReviewStatus",
            [(1, "allowed", .bool), (2, "reason", .string), (3, "evaluationError", .string), (4, "denied", .bool)])
        return message(
            name,
            [(1, "metadata", .message(objectMeta)), (2, "spec", .message(spec)), (3, "status", .message(status))])
    }

    private static let rulesReview = message(
        "SelfSubjectRulesReview",
        [
            (1, "metadata", .message(objectMeta)),
            (2, "spec", .message(message("SelfSubjectRulesReviewSpec", [(1, "namespace", .string)]))),
            (
                3, "status",
                .message(
                    message(
                        "SubjectRulesReviewStatus",
                        [
                            (
                                1, "resourceRules",
                                .repeated(
                                    .message(
                                        message(
                                            "ResourceRule",
                                            [
                                                (1, "verbs", .repeated(.string)), (2, "apiGroups", .repeated(.string)),
                                                (3, "resources", .repeated(.string)),
                                                (4, "resourceNames", .repeated(.string)),
                                            ])))
                            ),
                            (
                                2, "nonResourceRules",
                                .repeated(
                                    .message(
                                        message(
                                            "NonResourceRule",
                                            [
                                                (1, "verbs", .repeated(.string)),
                                                (2, "nonResourceURLs", .repeated(.string)),
                                            ])))
                            ), (3, "incomplete", .bool), (4, "evaluationError", .string),
                        ]))
            ),
        ])
}
