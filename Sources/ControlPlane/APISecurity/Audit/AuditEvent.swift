import JSONStream
package import KubeAPI

/// One line of the audit log (audit.k8s.io/v1 Event, level Metadata).
package struct AuditEvent: Sendable {
    package enum Stage: String, Sendable, CaseIterable {
        case requestReceived = "RequestReceived"
        case responseStarted = "ResponseStarted"
        case responseComplete = "ResponseComplete"
        case panic = "Panic"
    }

    package var stage: Stage
    package var id: String
    package var requestURI: String
    package var attributes: RequestAttributes
    package var user: UserInfo
    package var impersonated: UserInfo?
    package var sourceIPs: [String]
    package var userAgent: String
    /// Nil before there is an answer.
    package var status: (code: Int, reason: String, message: String)?
    package var received: Timestamp
    package var staged: Timestamp
    package var annotations: [(key: String, value: String)]

    package init(
        stage: Stage, id: String, requestURI: String, attributes: RequestAttributes, user: UserInfo,
        impersonated: UserInfo? = nil, sourceIPs: [String], userAgent: String,
        status: (code: Int, reason: String, message: String)? = nil, received: Timestamp, staged: Timestamp,
        annotations: [(key: String, value: String)]
    ) {
        self.stage = stage
        self.id = id
        self.requestURI = requestURI
        self.attributes = attributes
        self.user = user
        self.impersonated = impersonated
        self.sourceIPs = sourceIPs
        self.userAgent = userAgent
        self.status = status
        self.received = received
        self.staged = staged
        self.annotations = annotations
    }

    var json: JSONValue {
        var json: JSONValue = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": .string(id),
            "stage": .string(stage.rawValue), "requestURI": .string(requestURI), "verb": .string(attributes.verb),
            "user": user.json,
        ]
        if let impersonated { json["impersonatedUser"] = impersonated.json }
        if !sourceIPs.isEmpty { json["sourceIPs"] = .array(sourceIPs.map { .string($0) }) }
        if !userAgent.isEmpty { json["userAgent"] = .string(userAgent) }
        if attributes.isResource { json["objectRef"] = objectReference }
        if let status {
            var answer: JSONValue = ["metadata": [:]]
            if status.code >= 400 { answer["status"] = "Failure" }
            if !status.message.isEmpty { answer["message"] = .string(status.message) }
            if !status.reason.isEmpty { answer["reason"] = .string(status.reason) }
            answer["code"] = .integer(Int64(status.code))
            json["responseStatus"] = answer
        }
        json["requestReceivedTimestamp"] = .string(received.text(microseconds: true))
        json["stageTimestamp"] = .string(staged.text(microseconds: true))
        if !annotations.isEmpty {
            var members: JSONValue = [:]
            for annotation in annotations { members[annotation.key] = .string(annotation.value) }
            json["annotations"] = members
        }
        return json
    }

    private var objectReference: JSONValue {
        var reference: JSONValue = [:]
        for (name, value) in [
            ("resource", attributes.resource), ("namespace", attributes.namespace), ("name", attributes.name),
            ("apiGroup", attributes.group), ("apiVersion", attributes.version), ("subresource", attributes.subresource),
        ] where !value.isEmpty {
            reference[name] = .string(value)
        }
        return reference
    }
}
