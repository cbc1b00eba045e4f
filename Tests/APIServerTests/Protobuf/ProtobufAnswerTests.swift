import AsyncHTTPClient
import JSONStream
import NIOCore
import NIOHTTP1
import Testing

@testable import KubeSchema

/// Answers in protobuf, for clients that ask for it first.
@Suite struct ProtobufAnswerTests {
    private static let type = "application/vnd.kubernetes.protobuf"
    private static let accept = type + ",application/json"
    private static let services = "/api/v1/namespaces/default/services"

    private static func decode(_ bytes: [UInt8]) throws -> JSONValue {
        let envelope = try ProtobufEnvelope(bytes)
        return try envelope.object(
            as: try #require(KubeSchema.message(apiVersion: envelope.apiVersion, kind: envelope.kind)))
    }

    /// As a client's Go struct has it: without nulls, and with members in the order of their names.
    private static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                JSONValue.Object(
                    members.filter { !$0.value.isNull }.map { ($0.key, plain($0.value)) }.sorted { $0.0 < $1.0 }))
        case .array(let elements): .array(elements.map(plain))
        default: value
        }
    }

    @Test(
        "objects and lists are those of JSON",
        arguments: [
            "/api/v1/namespaces/default", "/api/v1/namespaces", services, services + "/web",
            "/apis/networking.k8s.io/v1/servicecidrs/kubernetes", "/apis/discovery.k8s.io/v1/endpointslices",
            "/api/v1/namespaces/default/events", "/apis/events.k8s.io/v1/events", "/api/v1/nodes",
        ])
    func objects(_ path: String) async throws {
        try await TestServer.with { server in
            _ = try await server.send("POST", Self.services, RecordedBodies.clusterIP, type: Self.type)
            let event: JSONValue = [
                "metadata": ["name": "e"], "involvedObject": ["kind": "Service", "namespace": "default"],
                "reason": "r", "count": 2, "firstTimestamp": "2026-01-02T03:04:05Z",
            ]
            let created = try await server.send("POST", "/api/v1/namespaces/default/events", event)
            #expect(created.status == 201, "\(created.json)")
            let node: JSONValue = [
                "metadata": ["name": "n"], "status": ["capacity": ["cpu": "2"], "images": [["sizeBytes": 7]]],
            ]
            #expect(try await server.send("POST", "/api/v1/nodes", node).status == 201)
            let json = try await server.send("GET", path)
            let binary = try await server.send("GET", path, accept: Self.accept)
            #expect(binary.status == json.status)
            #expect(binary.headers["content-type"] == Self.type)
            #expect(json.headers["content-type"] == "application/json")
            var expected = json.json
            // The items of a list have neither in protobuf.
            if let items = expected["items"]?.arrayValue {
                expected["items"] =
                    items.isEmpty
                    ? nil
                    : .array(
                        items.map {
                            var item = $0
                            item["kind"] = nil
                            item["apiVersion"] = nil
                            return item
                        })
            }
            #expect(Self.plain(try Self.decode(binary.bytes)) == Self.plain(expected))
        }
    }

    @Test("tables, which have no protobuf form, are passed over; metadata is not")
    func shapes() async throws {
        try await TestServer.with { server in
            let table = try await server.send(
                "GET", Self.services, accept: "\(Self.type);as=Table;v=v1;g=meta.k8s.io,application/json")
            #expect(table.json["kind"] == "ServiceList")
            let metadata = try await server.send(
                "GET", "/api/v1/namespaces", accept: "\(Self.type);as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")
            #expect(try ProtobufEnvelope(metadata.bytes).kind == "PartialObjectMetadataList")
            #expect(try Self.decode(metadata.bytes)["items"]?.arrayValue?.isEmpty == false)
            let onlyTable = try await server.send(
                "GET", Self.services, accept: "\(Self.type);as=Table;v=v1;g=meta.k8s.io")
            #expect(onlyTable.status == 406)
            #expect(onlyTable.json["reason"] == "NotAcceptable")
        }
    }

    @Test("failures are a Status of the type that the client takes", arguments: [type, accept])
    func failures(_ accept: String) async throws {
        try await TestServer.with { server in
            let missing = try await server.send("GET", Self.services + "/none", accept: accept)
            #expect(missing.status == 404)
            #expect(missing.headers["content-type"] == Self.type)
            #expect(missing.bytes == ProtobufGoldens.notFound)
            var wrong: JSONValue = ["metadata": ["name": "x"], "spec": ["ports": [["port": 0], ["port": 70000]]]]
            wrong["kind"] = "Service"
            wrong["apiVersion"] = "v1"
            let json = try await server.send("POST", Self.services, wrong.serialized())
            let binary = try await server.send("POST", Self.services, wrong.serialized(), accept: accept)
            #expect(json.status == 422)
            #expect(binary.status == 422)
            #expect(Self.plain(try Self.decode(binary.bytes)) == Self.plain(json.json))
            #expect(try Self.decode(binary.bytes)["details"]?["causes"]?.arrayValue?.isEmpty == false)
        }
    }

    @Test(
        "a failure is JSON where the client takes only what failures are not sent in",
        arguments: [
            "\(type);as=Table;v=v1;g=meta.k8s.io", "text/html", "application/json;as=Table;v=v1;g=meta.k8s.io",
        ])
    func plainFailures(_ accept: String) async throws {
        try await TestServer.with { server in
            let missing = try await server.send("GET", "/api/v1/namespaces/none", accept: accept)
            #expect(missing.headers["content-type"] == "application/json")
            #expect(missing.json["kind"] == "Status")
        }
    }

    @Test("deletions are answered in protobuf: a Status, the object, a list")
    func deletions() async throws {
        try await TestServer.with { server in
            let slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
            _ = try await server.send("POST", Self.services, RecordedBodies.clusterIP, type: Self.type)
            let service = try await server.send("DELETE", Self.services + "/web", accept: Self.type)
            #expect(service.headers["content-type"] == Self.type)
            #expect(try ProtobufEnvelope(service.bytes).kind == "Service")
            let status = try await Self.deleted("a", from: slices, server)
            #expect(status["status"] == "Success")
            #expect(status["details"]?["name"] == "a")
            #expect(status["details"]?["kind"] == "endpointslices")
            #expect(status["details"]?["group"] == "discovery.k8s.io")
            #expect(status["details"]?["uid"]?.stringValue?.count == 36)
            _ = try await server.send("POST", slices, Self.slice("b"))
            let list = try await server.send("DELETE", slices, accept: Self.type)
            #expect(try ProtobufEnvelope(list.bytes).kind == "EndpointSliceList")
            let names = try Self.decode(list.bytes)["items"]?.arrayValue?.map { $0["metadata"]?["name"] }
            #expect(names == ["b"])
        }
    }

    private static func slice(_ name: String) -> JSONValue {
        [
            "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "metadata": ["name": .string(name)],
            "addressType": "IPv4", "endpoints": [],
        ]
    }

    private static func deleted(_ name: String, from path: String, _ server: TestServer) async throws -> JSONValue {
        let created = try await server.send("POST", path, slice(name))
        #expect(created.status == 201)
        let answer = try await server.send("DELETE", "\(path)/\(name)", accept: type)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == type)
        return try decode(answer.bytes)
    }

    @Test(
        "discovery is that of JSON",
        arguments: ["/api", "/apis", "/apis/apps", "/api/v1", "/apis/apps/v1", "/apis/discovery.k8s.io/v1"])
    func discovery(_ path: String) async throws {
        try await TestServer.with { server in
            let json = try await server.send("GET", path)
            let binary = try await server.send("GET", path, accept: Self.accept)
            #expect(binary.headers["content-type"] == Self.type)
            #expect(Self.plain(try Self.decode(binary.bytes)) == Self.plain(json.json))
            let refused = try await server.send("GET", path, accept: "text/html")
            #expect(refused.status == 406)
            let aggregated = try await server.send(
                "GET", path, accept: "application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList")
            #expect(aggregated.status == 406)
        }
    }

    @Test("a group of discovery has upstream's numbers")
    func group() throws {
        let group: JSONValue = [
            "kind": "APIGroup", "apiVersion": "v1", "name": "g",
            "versions": [["groupVersion": "g/v1", "version": "v1"]],
            "preferredVersion": ["groupVersion": "g/v1", "version": "v1"],
        ]
        #expect(ProtobufEnvelope.encode(group) == ProtobufGoldens.group)
        let resources: JSONValue = [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "g/v1",
            "resources": [
                [
                    "name": "n", "singularName": "s", "namespaced": true, "group": "h", "version": "v2", "kind": "K",
                    "verbs": ["get", "list"], "shortNames": ["a"], "categories": ["all"], "storageVersionHash": "x",
                ]
            ],
        ]
        #expect(ProtobufEnvelope.encode(resources) == ProtobufGoldens.resources)
    }

    @Test("a watch has frames with a length")
    func watch() async throws {
        try await TestServer.with { server in
            _ = try await server.send("POST", Self.services, RecordedBodies.clusterIP, type: Self.type)
            var request = HTTPClientRequest(
                url: server.base + Self.services
                    + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
                    + "&timeoutSeconds=2&fieldSelector=metadata.name%3Dweb")
            request.headers.add(name: "Accept", value: Self.type + ";stream=watch")
            let response = try await server.client.execute(request, timeout: .seconds(600))
            #expect(response.headers.first(name: "Content-Type") == Self.type + ";stream=watch")
            var body = try await response.body.collect(upTo: 1 << 20)
            var events: [(type: String, object: JSONValue)] = []
            while let frame = body.readLengthPrefixedSlice(as: UInt32.self) {
                let event = try ProtobufMessageDecoder.decode(Array(buffer: frame)[...], as: Self.watchEvent)
                let raw = try #require(try Self.raw(Array(buffer: frame)))
                events.append((event["type"]?.stringValue ?? "", try Self.decode(raw)))
            }
            #expect(body.readableBytes == 0)
            #expect(events.first?.type == "ADDED")
            #expect(events.first?.object["metadata"]?["name"] == "web")
            #expect(events.dropFirst().first?.type == "BOOKMARK")
            let end = events.dropFirst().first?.object["metadata"]?["annotations"]?["k8s.io/initial-events-end"]
            #expect(end == "true")
        }
    }

    private static let watchEvent = ProtobufMessage("WatchEvent", [ProtobufField(1, "type", .string)])

    /// The object.raw of a WatchEvent.
    private static func raw(_ event: [UInt8]) throws -> [UInt8]? {
        var reader = ProtobufReader(event[...])
        while !reader.isAtEnd {
            let (number, wireType) = try reader.tag()
            guard number == 2 else {
                try reader.skip(wireType)
                continue
            }
            var object = ProtobufReader(try reader.bytes())
            _ = try object.tag()
            return Array(try object.bytes())
        }
        return nil
    }
}
