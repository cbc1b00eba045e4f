import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources

/// What conformance tests do with every kind: create, read, list, watch, patch in each way, status, delete a collection.
@Suite struct LifecycleTests {
    @Test func everyKind() async throws {
        try await TestServer.with { server in
            _ = try await server.send("POST", "/api/v1/namespaces", ["metadata": ["name": "t"]])
            // Those of one name may be the same objects in two versions, and come one after the other.
            let kinds = Dictionary(grouping: ResourceRegistry.standard.definitions.filter(\.isStored), by: \.plural)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for definitions in kinds.values {
                    group.addTask {
                        for definition in definitions {
                            try await Lifecycle(server: server, definition: definition).run()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

private struct Lifecycle {
    let server: TestServer
    let definition: ResourceDefinition

    private var name: String { LifecycleBodies.names[definition.qualifiedPlural] ?? "a" }

    private var collection: String {
        let root = definition.group.isEmpty ? "/api/" : "/apis/"
        return root + definition.apiVersion + (definition.isNamespaced ? "/namespaces/t/" : "/") + definition.plural
    }

    private var body: JSONValue {
        let text = LifecycleBodies.texts[definition.qualifiedPlural].map { "," + $0 } ?? ""
        return JSONValue(
            text:
                #"{"kind":"\#(definition.kind)","apiVersion":"\#(definition.apiVersion)","metadata":{"name":"\#(name)","labels":{"l":"x"}}\#(text)}"#
        )
    }

    private func check(_ answer: TestServer.Answer, _ status: Int, _ what: String) {
        #expect(
            answer.status == status,
            "\(definition.apiVersion) \(definition.plural): \(what): \(answer.status) \(answer.json.text("message"))")
    }

    func run() async throws {
        let created = try await server.send("POST", collection, body)
        check(created, 201, "create")
        guard created.status == 201 else { return }
        let object = "\(collection)/\(name)"
        let read = try await server.send("GET", object)
        check(read, 200, "get")
        #expect(read.json["metadata"]?["uid"] == created.json["metadata"]?["uid"])
        try await lists(read.json)
        try await patches(object)
        if definition.hasStatus { try await status(object) }
        let latest = try await server.send("GET", object)
        check(try await server.send("PUT", object, latest.json), 200, "update")
        try await deletion(object)
    }

    private func lists(_ object: JSONValue) async throws {
        for selector in ["labelSelector=l%3Dx", "fieldSelector=metadata.name%3D\(name)"] {
            let list = try await server.send("GET", "\(collection)?\(selector)")
            check(list, 200, selector)
            #expect(list.json.items("items").count == 1, "\(definition.plural) \(selector)")
            #expect(list.json.text("kind") == definition.kind + "List")
        }
        let none = try await server.send("GET", "\(collection)?labelSelector=l%3Dy")
        #expect(none.json.items("items").isEmpty)
        let table = try await server.send(
            "GET", collection, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
        check(table, 200, "table")
        #expect(table.json.text("kind") == "Table")
        if definition.hasProtobuf {
            let bytes = try await server.send("GET", collection, accept: "application/vnd.kubernetes.protobuf")
            #expect(bytes.headers["content-type"]?.contains("protobuf") == true, "\(definition.plural)")
        }
        let version = (Int(object["metadata"]?.text("resourceVersion") ?? "") ?? 1) - 1
        // On a connection of its own, which ends with it.
        let watch = try await server.send(
            "GET", "\(collection)?watch=1&timeoutSeconds=1&labelSelector=l%3Dx&resourceVersion=\(version)",
            headers: [("Connection", "close")])
        let first = watch.bytes.split(separator: UInt8(ascii: "\n")).first.map(Array.init) ?? []
        let event = (try? JSONValue(parsing: first)) ?? [:]
        // A controller may have written to it already.
        #expect(["ADDED", "MODIFIED"].contains(event.text("type")), "\(definition.plural): watch")
    }

    private func patches(_ object: String) async throws {
        let kinds = [
            ("application/merge-patch+json", #"{"metadata":{"annotations":{"m":"1"}}}"#),
            ("application/strategic-merge-patch+json", #"{"metadata":{"annotations":{"s":"1"}}}"#),
            ("application/json-patch+json", #"[{"op":"add","path":"/metadata/annotations/j","value":"1"}]"#),
        ]
        for (type, text) in kinds {
            check(try await server.send("PATCH", object, Array(text.utf8), type: type), 200, type)
        }
        let applied =
            #"{"kind":"\#(definition.kind)","apiVersion":"\#(definition.apiVersion)","metadata":{"name":"\#(name)","annotations":{"a":"1"}}}"#
        let answer = try await server.send(
            "PATCH", "\(object)?fieldManager=f&force=true", Array(applied.utf8), type: "application/apply-patch+yaml")
        check(answer, 200, "apply")
        let annotations = answer.json["metadata"]?["annotations"] ?? [:]
        for name in ["m", "s", "j", "a"] { #expect(annotations.text(name) == "1", "\(definition.plural) \(name)") }
    }

    private func status(_ object: String) async throws {
        check(try await server.send("GET", "\(object)/status"), 200, "status")
        let patch = Array(#"{"metadata":{"annotations":{"st":"1"}}}"#.utf8)
        check(
            try await server.send("PATCH", "\(object)/status", patch, type: "application/merge-patch+json"), 200,
            "patch of status")
    }

    private func deletion(_ object: String) async throws {
        guard definition.canDeleteCollection else {
            check(try await server.send("DELETE", object), 200, "delete")
            return
        }
        check(
            try await server.send("DELETE", "\(collection)?labelSelector=l%3Dx&gracePeriodSeconds=0"), 200,
            "deletecollection")
    }
}
