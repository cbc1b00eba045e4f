import JSONStream

/// Kinds that only ask: nothing of them is stored.
extension ResourceDefinition {
    private static func review(
        _ group: String, _ kind: String, isNamespaced: Bool = false, spec: StructSchema?, status: StructSchema
    ) -> ResourceDefinition {
        var fields: [Field] = []
        if let spec { fields.append(Field("spec", .object(spec), .always, required: true, "The question.")) }
        fields.append(Field("status", .object(status), .always, "The answer."))
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
                Field("token", .string, "The token."),
                Field("audiences", .array(.string), "Whom the token must be for; empty: the API server."),
            ]),
        status: StructSchema(
            "TokenReviewStatus", "Whose token it is.",
            [
                Field("authenticated", .bool, "Whether the token is good."),
                Field("user", .object(.userInfo), .always, "Whose it is."),
                Field("audiences", .array(.string), "Whom of those asked for it is for."),
                Field("error", .string, "What is wrong with it."),
            ]))

    static let selfSubjectReviews = review(
        authentication, "SelfSubjectReview", spec: nil,
        status: StructSchema(
            "SelfSubjectReviewStatus", "Who asks.", [Field("userInfo", .object(.userInfo), .always, "Who asks.")]))

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
            "SelfSubjectRulesReviewSpec", "Where.", [Field("namespace", .string, "The namespace that is asked about.")]),
        status: StructSchema(
            "SubjectRulesReviewStatus", "What is allowed.",
            [
                Field("resourceRules", .array(.object(.resourceRule)), .always, "What may be done with resources."),
                Field("nonResourceRules", .array(.object(.nonResourceRule)), .always, "What may be done with paths."),
                Field("incomplete", .bool, .always, "Whether there may be more."),
                Field("evaluationError", .string, "What kept rules from being found."),
            ]))

    /// What POST to serviceaccounts/NAME/token takes. It is no resource of its own.
    static let tokenRequests = ResourceDefinition(
        group: authentication, kind: "TokenRequest", plural: "tokenrequests", isNamespaced: true, isStored: false,
        schema: .root(
            "TokenRequest", "Asks for a token of a service account.",
            [
                Field("spec", .object(.tokenRequestSpec), .always, required: true, "What the token is for."),
                Field(
                    "status",
                    .object(
                        StructSchema(
                            "TokenRequestStatus", "The token.",
                            [
                                Field("token", .string, .always, "The token."),
                                Field("expirationTimestamp", .time, .always, "When it ends."),
                            ])), .always, "The token."),
            ]), strategy: ReviewStrategy())
}

/// Reviews may leave out their metadata altogether.
struct ReviewStrategy: ResourceStrategy {}

extension StructSchema {
    fileprivate static let userInfo = StructSchema(
        "UserInfo", "A user.",
        [
            Field("username", .string, "The name."), Field("uid", .string, "What tells users of one name apart."),
            Field("groups", .array(.string), "The groups."),
            Field("extra", .map(.array(.string)), "What else is known."),
        ])

    fileprivate static let accessFields = [
        Field(
            "resourceAttributes",
            .object(
                StructSchema(
                    "ResourceAttributes", "A request for a resource.",
                    ["namespace", "verb", "group", "version", "resource", "subresource", "name"].map {
                        Field($0, .string, "The request's \($0).")
                    } + [
                        Field("fieldSelector", .any, .pointer, "Limits by fields."),
                        Field("labelSelector", .any, .pointer, "Limits by labels."),
                    ])), .pointer, "A request for a resource."),
        Field(
            "nonResourceAttributes",
            .object(
                StructSchema(
                    "NonResourceAttributes", "A request for a path.",
                    [Field("path", .string, "The path."), Field("verb", .string, "The verb.")])), .pointer,
            "A request for a path."),
    ]

    fileprivate static let subjectAccess = StructSchema(
        "SubjectAccessReviewSpec", "Who is to do what.",
        accessFields + [
            Field("user", .string, "The user."), Field("groups", .array(.string), "The user's groups."),
            Field("extra", .map(.array(.string)), "What else is known of the user."), Field("uid", .string, "The uid."),
        ])

    fileprivate static let accessStatus = StructSchema(
        "SubjectAccessReviewStatus", "Whether it is allowed.",
        [
            Field("allowed", .bool, .always, required: true, "Whether it is allowed."),
            Field("denied", .bool, "Whether it is forbidden for good."), Field("reason", .string, "Why."),
            Field("evaluationError", .string, "What went wrong while looking."),
        ])

    fileprivate static let resourceRule = StructSchema(
        "ResourceRule", "What may be done with resources.",
        [
            Field("verbs", .array(.string), .always, required: true, "Verbs."),
            Field("apiGroups", .array(.string), "API groups."), Field("resources", .array(.string), "Resources."),
            Field("resourceNames", .array(.string), "Names."),
        ])

    fileprivate static let nonResourceRule = StructSchema(
        "NonResourceRule", "What may be done with paths.",
        [
            Field("verbs", .array(.string), .always, required: true, "Verbs."),
            Field("nonResourceURLs", .array(.string), "Paths."),
        ])

    fileprivate static let tokenRequestSpec = StructSchema(
        "TokenRequestSpec", "What the token is for.",
        [
            Field("audiences", .array(.string), .always, required: true, "Whom the token is for."),
            Field("expirationSeconds", .int64, .pointer, "How long it is valid."),
            Field(
                "boundObjectRef",
                .object(
                    StructSchema(
                        "BoundObjectReference", "What the token ends with.",
                        [
                            Field("kind", .string, "Pod, Secret or Node."), Field("apiVersion", .string, "v1."),
                            Field("name", .string, "Its name."), Field("uid", .string, "Its uid."),
                        ])), .pointer, "An object whose end ends the token."),
        ])
}
