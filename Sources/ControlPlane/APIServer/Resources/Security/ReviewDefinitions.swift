import JSONStream

/// Kinds that only ask: nothing of them is stored.
extension ResourceDefinition {
    private static func review(
        _ group: String, _ kind: String, isNamespaced: Bool = false, spec: StructSchema?, status: StructSchema
    ) -> ResourceDefinition {
        var fields: [Field] = []
        if let spec { fields.append(Field(2, "spec", .object(spec), .always, required: true, "The question.")) }
        fields.append(Field(spec == nil ? 2 : 3, "status", .object(status), .always, "The answer."))
        return ResourceDefinition(
            group: group, kind: kind, plural: kind.lowercased() + "s", isNamespaced: isNamespaced,
            canDeleteCollection: false, isStored: false,
            schema: .root(kind, "A question to the API server about identities and permissions.", fields),
            strategy: ReviewStrategy())
    }

    private static let authentication = "authentication.k8s.io"
    private static let authorization = "authorization.k8s.io"

    static let tokenReviews = review(
        authentication, "TokenReview",
        spec: StructSchema(
            "TokenReviewSpec", "The token.",
            [
                Field(1, "token", .string, "The token."),
                Field(2, "audiences", .array(.string), "Whom the token must be for; empty: the API server."),
            ]),
        status: StructSchema(
            "TokenReviewStatus", "Whose token it is.",
            [
                Field(1, "authenticated", .bool, "Whether the token is good."),
                Field(2, "user", .object(.userInfo), .always, "Whose it is."),
                Field(4, "audiences", .array(.string), "Whom of those asked for it is for."),
                Field(3, "error", .string, "What is wrong with it."),
            ]))

    static let selfSubjectReviews = review(
        authentication, "SelfSubjectReview", spec: nil,
        status: StructSchema(
            "SelfSubjectReviewStatus", "Who asks.", [Field(1, "userInfo", .object(.userInfo), .always, "Who asks.")]))

    static let subjectAccessReviews = review(
        authorization, "SubjectAccessReview", spec: .subjectAccess, status: .accessStatus)
    static let localSubjectAccessReviews = review(
        authorization, "LocalSubjectAccessReview", isNamespaced: true, spec: .subjectAccess, status: .accessStatus)
    static let selfSubjectAccessReviews = review(
        authorization, "SelfSubjectAccessReview",
        spec: StructSchema("SelfSubjectAccessReviewSpec", "What is to be done.", StructSchema.accessFields),
        status: .accessStatus)

    static let selfSubjectRulesReviews = review(
        authorization, "SelfSubjectRulesReview",
        spec: StructSchema(
            "SelfSubjectRulesReviewSpec", "Where.",
            [Field(1, "namespace", .string, "The namespace that is asked about.")]),
        status: StructSchema(
            "SubjectRulesReviewStatus", "What is allowed.",
            [
                Field(1, "resourceRules", .array(.object(.resourceRule)), .always, "What may be done with resources."),
                Field(
                    2, "nonResourceRules", .array(.object(.nonResourceRule)), .always, "What may be done with paths."),
                Field(3, "incomplete", .bool, .always, "Whether there may be more."),
                Field(4, "evaluationError", .string, "What kept rules from being found."),
            ]))

    /// What POST to serviceaccounts/NAME/token takes. It is no resource of its own.
    static let tokenRequests = ResourceDefinition(
        group: authentication, kind: "TokenRequest", plural: "tokenrequests", isNamespaced: true, isStored: false,
        schema: .root(
            "TokenRequest", "Asks for a token of a service account.",
            [
                Field(2, "spec", .object(.tokenRequestSpec), .always, required: true, "What the token is for."),
                Field(
                    3, "status",
                    .object(
                        StructSchema(
                            "TokenRequestStatus", "The token.",
                            [
                                Field(1, "token", .string, .always, "The token."),
                                Field(2, "expirationTimestamp", .time, .always, "When it ends."),
                            ])), .always, "The token."),
            ]), strategy: ReviewStrategy())
}

/// Reviews may leave out their metadata altogether.
struct ReviewStrategy: ResourceStrategy {}

extension StructSchema {
    fileprivate static let userInfo = StructSchema(
        "UserInfo", "A user.",
        [
            Field(1, "username", .string, "The name."), Field(2, "uid", .string, "What tells users of one name apart."),
            Field(3, "groups", .array(.string), "The groups."),
            Field(4, "extra", .map(.array(.string)), "What else is known."),
        ])

    private static let selectorAttributes = StructSchema(
        "SelectorAttributes", "A selector of the request.",
        [
            Field(1, "rawSelector", .string, "As it stands in the query."),
            Field(
                2, "requirements",
                .array(
                    .object(
                        StructSchema(
                            "SelectorRequirement", "One condition.",
                            [
                                Field(1, "key", .string, .always, required: true, "What it is about."),
                                Field(2, "operator", .string, .always, required: true, "How it compares."),
                                Field(3, "values", .array(.string), "What it compares with."),
                            ]))), "Its conditions."),
        ])

    fileprivate static let accessFields = [
        Field(
            1, "resourceAttributes",
            .object(
                StructSchema(
                    "ResourceAttributes", "A request for a resource.",
                    ["namespace", "verb", "group", "version", "resource", "subresource", "name"].enumerated().map {
                        Field(Int32($0 + 1), $1, .string, "The request's \($1).")
                    } + [
                        Field(8, "fieldSelector", .object(selectorAttributes), .pointer, "Limits by fields."),
                        Field(9, "labelSelector", .object(selectorAttributes), .pointer, "Limits by labels."),
                    ])), .pointer, "A request for a resource."),
        Field(
            2, "nonResourceAttributes",
            .object(
                StructSchema(
                    "NonResourceAttributes", "A request for a path.",
                    [Field(1, "path", .string, "The path."), Field(2, "verb", .string, "The verb.")])), .pointer,
            "A request for a path."),
    ]

    fileprivate static let subjectAccess = StructSchema(
        "SubjectAccessReviewSpec", "Who is to do what.",
        accessFields + [
            Field(3, "user", .string, "The user."), Field(4, "groups", .array(.string), "The user's groups."),
            Field(5, "extra", .map(.array(.string)), "What else is known of the user."),
            Field(6, "uid", .string, "The uid."),
        ])

    fileprivate static let accessStatus = StructSchema(
        "SubjectAccessReviewStatus", "Whether it is allowed.",
        [
            Field(1, "allowed", .bool, .always, required: true, "Whether it is allowed."),
            Field(4, "denied", .bool, "Whether it is forbidden for good."), Field(2, "reason", .string, "Why."),
            Field(3, "evaluationError", .string, "What went wrong while looking."),
        ])

    fileprivate static let resourceRule = StructSchema(
        "ResourceRule", "What may be done with resources.",
        [
            Field(1, "verbs", .array(.string), .always, required: true, "Verbs."),
            Field(2, "apiGroups", .array(.string), "API groups."), Field(3, "resources", .array(.string), "Resources."),
            Field(4, "resourceNames", .array(.string), "Names."),
        ])

    fileprivate static let nonResourceRule = StructSchema(
        "NonResourceRule", "What may be done with paths.",
        [
            Field(1, "verbs", .array(.string), .always, required: true, "Verbs."),
            Field(2, "nonResourceURLs", .array(.string), "Paths."),
        ])

    fileprivate static let tokenRequestSpec = StructSchema(
        "TokenRequestSpec", "What the token is for.",
        [
            Field(1, "audiences", .array(.string), .always, required: true, "Whom the token is for."),
            Field(4, "expirationSeconds", .int64, .pointer, "How long it is valid."),
            Field(
                3, "boundObjectRef",
                .object(
                    StructSchema(
                        "BoundObjectReference", "What the token ends with.",
                        [
                            Field(1, "kind", .string, "Pod, Secret or Node."), Field(2, "apiVersion", .string, "v1."),
                            Field(3, "name", .string, "Its name."), Field(4, "uid", .string, "Its uid."),
                        ])), .pointer, "An object whose end ends the token."),
        ])
}
