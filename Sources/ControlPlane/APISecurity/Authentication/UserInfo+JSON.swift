package import JSONStream

extension UserInfo {
    package var json: JSONValue {
        var json: JSONValue = [:]
        if !name.isEmpty { json["username"] = .string(name) }
        if !uid.isEmpty { json["uid"] = .string(uid) }
        if !groups.isEmpty { json["groups"] = .array(groups.map { .string($0) }) }
        if !extra.isEmpty {
            json["extra"] = .object(
                JSONValue.Object(
                    extra.sorted { $0.key < $1.key }.map { key, values in
                        (key, .array(values.map { .string($0) }))
                    }))
        }
        return json
    }
}
