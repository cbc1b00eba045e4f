import JSONStream
import Testing

/// Protobuf bodies over HTTP.
@Suite struct ProtobufRequestTests {
    private static let type = "application/vnd.kubernetes.protobuf"
    private static let strict = "?fieldManager=kubectl-create&fieldValidation=Strict"

    @Test("what kubectl create sends makes the same object as JSON")
    func create() async throws {
        try await TestServer.with { server in
            let namespace = try await server.send(
                "POST", "/api/v1/namespaces" + Self.strict, RecordedBodies.namespace, type: Self.type)
            #expect(namespace.status == 201)
            #expect(namespace.json["metadata"]?["name"] == "x")
            #expect(namespace.json["status"] == ["phase": "Active"])
            let services = "/api/v1/namespaces/x/services"
            let first = try await server.send("POST", services + Self.strict, RecordedBodies.nodePort, type: Self.type)
            #expect(first.status == 201, "\(first.json)")
            #expect(first.headers["warning"] == nil)
            _ = try await server.send("DELETE", services + "/np")
            let second = try await server.send(
                "POST", services + Self.strict,
                [
                    "kind": "Service", "apiVersion": "v1",
                    "metadata": ["name": "np", "creationTimestamp": nil, "labels": ["app": "np"]],
                    "spec": [
                        "ports": [
                            [
                                "name": "443-https", "protocol": "TCP", "port": 443, "targetPort": "https",
                                "nodePort": 30100,
                            ]
                        ], "selector": ["app": "np"], "type": "NodePort",
                    ], "status": ["loadBalancer": [:]],
                ])
            #expect(second.status == 201)
            #expect(Self.comparable(first.json) == Self.comparable(second.json))
        }
    }

    /// Without what is new in each object.
    private static func comparable(_ object: JSONValue) -> JSONValue {
        var object = object
        for name in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] { object["metadata"]?[name] = nil }
        for name in ["clusterIP", "clusterIPs"] { object["spec"]?[name] = nil }
        return object
    }

    @Test("bodies that are not what the URL says are bad requests")
    func badRequests() async throws {
        try await TestServer.with { server in
            let path = "/api/v1/namespaces/default/services"
            let other = try await server.send("POST", path, RecordedBodies.namespace, type: Self.type)
            #expect(other.status == 400)
            #expect(
                other.json["message"]?.stringValue?.hasPrefix(
                    "Namespace in version \"v1\" cannot be handled as a Service: ") == true, "\(other.json)")
            let text = try await server.send("POST", path, Array("{}".utf8), type: Self.type)
            #expect(text.status == 400)
            #expect(
                text.json["message"]
                    == .string(
                        "the object provided is unrecognized (must be of type Service): proto: the body does not begin "
                            + "with the bytes 6b 38 73 00 of a Kubernetes protobuf message (7b7d)"))
            var cut = RecordedBodies.clusterIP
            cut[24] = 0x7F
            let broken = try await server.send("POST", path, cut, type: Self.type)
            #expect(broken.status == 400)
            #expect(
                broken.json["message"]
                    == .string(
                        "Service in version \"v1\" cannot be handled as a Service: proto: field metadata.name: "
                            + "unexpected EOF"))
            let unknown = try await server.send("POST", path, RecordedBodies.clusterIP, type: "application/cbor")
            #expect(unknown.status == 415)
        }
    }

    @Test("DeleteOptions with a precondition")
    func deleteOptions() async throws {
        try await TestServer.with { server in
            let path = "/api/v1/namespaces/default/services"
            _ = try await server.send("POST", path, RecordedBodies.clusterIP, type: Self.type)
            // v1 DeleteOptions with preconditions.uid "no".
            let options = Hex.bytes("6b387300 0a13 0a02 7631 120d 44656c6574654f7074696f6e73 1206 1204 0a02 6e6f")
            let kept = try await server.send("DELETE", path + "/web", options, type: Self.type)
            #expect(kept.status == 409, "\(kept.json)")
            let wrong = try await server.send("DELETE", path + "/web", RecordedBodies.namespace, type: Self.type)
            #expect(wrong.status == 400)
            #expect(
                wrong.json["message"]
                    == "the DeleteOptions in the body cannot be read: proto: a Namespace instead of DeleteOptions")
            let gone = try await server.send(
                "DELETE", path + "/web", Hex.bytes("6b387300 0a13 0a02 7631 120d 44656c6574654f7074696f6e73 1200"),
                type: Self.type)
            #expect(gone.status == 200)
        }
    }
}
