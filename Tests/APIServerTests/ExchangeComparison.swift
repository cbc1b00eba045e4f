import JSONStream

@testable import APIObjects

/// When an answer is equal to a recorded one.
struct ExchangeComparison {
    let wanted: JSONValue
    let answer: TestServer.Answer

    var differences: [String] {
        var found: [String] = []
        check("status", .integer(Int64(answer.status)), wanted["status"], &found)
        check("warning", answer.headers["warning"].map { .string($0) } ?? .null, wanted["warning"], &found)
        let body = wanted["body"] ?? .null
        switch body {
        case .string(let text):
            check("text", .string(String(decoding: answer.bytes, as: UTF8.self)), .string(text), &found)
        default: compare(answer.json, body, &found)
        }
        return found
    }

    private func compare(_ got: JSONValue, _ body: JSONValue, _ found: inout [String]) {
        check("kind", got["kind"], body["kind"], &found)
        let kind = body.text("kind")
        switch kind {
        case "Status":
            check("reason", got["reason"], body["reason"], &found)
            let causes = { (status: JSONValue) in
                JSONValue.array(
                    (status["details"]?.items("causes") ?? []).map {
                        ["field": $0["field"] ?? "", "reason": $0["reason"] ?? ""]
                    })
            }
            check("causes", causes(got), causes(body), &found)
        case "Table":
            let columns = { (table: JSONValue) in
                JSONValue.array(
                    table.items("columnDefinitions").map { column in
                        var column = column
                        column["description"] = nil
                        return column
                    })
            }
            check("columns", columns(got), columns(body), &found)
            let age = body.items("columnDefinitions").firstIndex { $0.text("name") == "Age" }
            let cells = { (table: JSONValue) in
                JSONValue.array(
                    table.items("rows").map { row in
                        var cells = row.items("cells")
                        if let age, cells.indices.contains(age) { cells[age] = "" }
                        return .array(cells)
                    })
            }
            check("cells", cells(got), cells(body), &found)
        case "APIResourceList", "APIVersions", "APIGroupDiscoveryList":
            compareDiscovery(got, body, &found)
        case _ where kind.hasSuffix("List"):
            let names = { (list: JSONValue) in
                JSONValue.array(list.items("items").map { $0["metadata"]?["name"] ?? "" })
            }
            check("names", names(got), names(body), &found)
        default:
            for field in body.objectValue?.keys ?? [] where !["kind", "apiVersion", "metadata"].contains(field) {
                check(field, got[field], body[field], &found)
            }
            for field in ["name", "namespace", "labels", "annotations", "finalizers", "generation"] {
                check("metadata.\(field)", got["metadata"]?[field], body["metadata"]?[field], &found)
            }
            for field in ["deletionTimestamp", "uid", "creationTimestamp", "resourceVersion"] {
                let isThere = { (object: JSONValue) in JSONValue.bool(object["metadata"]?[field] != nil) }
                check("presence of \(field)", isThere(got), isThere(body), &found)
            }
        }
    }

    /// Only what is served needs to be there, as it was recorded.
    private func compareDiscovery(_ got: JSONValue, _ body: JSONValue, _ found: inout [String]) {
        check("versions", got["versions"], body["versions"], &found)
        let flat = { (list: JSONValue) -> [JSONValue] in
            list.items("resources")
                + list.items("items").flatMap { $0.items("versions") }.flatMap { $0.items("resources") }
        }
        let known = Dictionary(flat(body).map { (name($0), $0) }, uniquingKeysWith: { $1 })
        for resource in flat(got) {
            for field in ["namespaced", "scope", "kind", "singularName", "shortNames", "categories", "verbs"] {
                check("\(name(resource)).\(field)", resource[field], known[name(resource)]?[field], &found)
            }
        }
    }

    private func name(_ resource: JSONValue) -> String { resource["name"]?.stringValue ?? resource.text("resource") }

    private func check(_ what: String, _ got: JSONValue?, _ wanted: JSONValue?, _ found: inout [String]) {
        let (got, wanted) = (canonical(got ?? .null), canonical(wanted ?? .null))
        guard !matches(got, wanted) else { return }
        found.append("\(what): got \(text(got)), wanted \(text(wanted))")
    }

    /// Placeholders stand for any value of their kind.
    private func matches(_ got: JSONValue, _ wanted: JSONValue) -> Bool {
        switch (got, wanted) {
        case (_, .string(let placeholder)) where ["<volatile>", "<allocated>", "<time>", "<uid>"].contains(placeholder):
            !got.isNull
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { matches($0, $1) }
        case (.object(let left), .object(let right)):
            left.keys == right.keys && left.allSatisfy { key, value in right[key].map { matches(value, $0) } ?? false }
        default: got == wanted
        }
    }

    private func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                JSONValue.Object(
                    members.sorted { $0.key < $1.key }.map { ($0.key, canonical($0.value)) }))
        case .array(let items): .array(items.map(canonical))
        default: value
        }
    }

    private func text(_ value: JSONValue) -> String { String(decoding: value.serialized(), as: UTF8.self) }
}
