import JSONStream
import Testing

@testable import KubeSchema

@Suite struct ProtobufDecoderTests {
    static func decode(_ bytes: [UInt8]) throws -> JSONValue {
        let envelope = try ProtobufEnvelope(bytes)
        let message =
            envelope.kind == "DeleteOptions"
            ? KubeSchema["meta.v1.DeleteOptions"].message
            : try #require(KubeSchema.message(apiVersion: envelope.apiVersion, kind: envelope.kind))
        return try envelope.object(as: message)
    }

    /// A v1 Service from the bytes of its message.
    private static func service(_ hex: String) throws(ProtobufError) -> JSONValue {
        .object(try ProtobufMessageDecoder.decode(Hex.bytes(hex)[...], as: KubeSchema["core.v1.Service"].message))
    }

    @Test("every field of every kind", arguments: ProtobufGoldens.all)
    func goldens(_ golden: ProtobufGoldens.Golden) throws {
        #expect(try Self.decode(golden.bytes) == golden.value)
    }

    @Test("what kubectl 1.32 sent")
    func recorded() throws {
        let namespace = try Self.decode(RecordedBodies.namespace)
        #expect(namespace["kind"] == "Namespace")
        #expect(namespace["metadata"]?["name"] == "x")
        #expect(namespace["metadata"]?["creationTimestamp"] == .null)
        #expect(namespace["spec"] == [:])
        #expect(namespace["status"] == ["phase": ""])
        let service = try Self.decode(RecordedBodies.nodePort)
        #expect(service["metadata"]?["labels"] == ["app": "np"])
        #expect(
            service["spec"]?["ports"] == [
                ["name": "443-https", "protocol": "TCP", "port": 443, "targetPort": "https", "nodePort": 30100]
            ])
        #expect(service["spec"]?["type"] == "NodePort")
        let numbered = try Self.decode(RecordedBodies.clusterIP)
        #expect(numbered["spec"]?["ports"]?.arrayValue?.first?["targetPort"] == 8080)
    }

    @Test("unknown fields of every wire type are passed over")
    func unknownFields() throws {
        // Field 100: varint, fixed64, bytes, a group with a group and a varint inside, fixed32.
        let unknown =
            "a006 ffffffffffffffffff01 a106 0102030405060708 a206 02 6162 a306 a306 08 05 a406 a406 a506 01020304"
        #expect(try Self.service(unknown + "0a03 0a01 78" + unknown) == ["metadata": ["name": "x"]])
        let nested = (0..<200_000).map { $0 % 2 == 0 ? UInt8(0xA3) : 0x06 }
        #expect(throws: ProtobufError.truncated) {
            try ProtobufMessageDecoder.decode(nested[...], as: KubeSchema["core.v1.Service"].message)
        }
    }

    @Test("parts of a message are put together, and the last value of a field counts")
    func mergedParts() throws {
        #expect(
            try Self.service("0a03 0a01 78 0a06 0a01 79 1a01 7a 1206 1a01 61 4201 62 1203 1a01 63") == [
                "metadata": ["name": "y", "namespace": "z"], "spec": ["clusterIP": "c", "loadBalancerIP": "b"],
            ])
    }

    @Test("a Time has seconds, a MicroTime microseconds")
    func timePrecision() throws {
        // 1700000001 s and 999999999 ns.
        let time = "0881e2cfaa06 10ff93ebdc03"
        let event = try ProtobufMessageDecoder.decode(
            Hex.bytes("320c \(time) 520c \(time)")[...], as: KubeSchema["core.v1.Event"].message)
        #expect(event["firstTimestamp"] == "2023-11-14T22:13:21Z")
        #expect(event["eventTime"] == "2023-11-14T22:13:21.999999Z")
    }

    @Test("map entries without a key or a value are of empty ones")
    func mapEntries() throws {
        #expect(try Self.service("0a05 5a03 0a01 6b") == ["metadata": ["labels": ["k": ""]]])
        #expect(try Self.service("0a05 5a03 1201 76") == ["metadata": ["labels": ["": "v"]]])
        let node = try ProtobufMessageDecoder.decode(
            Hex.bytes("1a05 0a03 0a01 63")[...], as: KubeSchema["core.v1.Node"].message)
        #expect(node["status"] == ["capacity": ["c": "0"]])
    }

    @Test(
        "bad bytes are errors that name the place",
        arguments: [
            ("8a", "proto: unexpected EOF"),
            ("0a05 0a01", "proto: field metadata: unexpected EOF"),
            ("0a02 0a05", "proto: field metadata.name: unexpected EOF"),
            ("0aff ffffffffffffffff 01", "proto: field metadata: unexpected EOF"),
            ("0affffffffffffffffffff01", "proto: field metadata: integer overflow"),
            ("0802", "proto: field metadata: wrong wire type 0, 2 expected"),
            ("1204 0a02 1a01", "proto: field spec.ports.port: wrong wire type 2, 0 expected"),
            ("02 00", "proto: illegal tag 0"),
            ("0f", "proto: illegal wire type 7 of field number 1"),
            ("a406", "proto: end of a group that did not start"),
            (
                "1206 0a04 2202 0802",
                "proto: field spec.ports.targetPort: an IntOrString of type 2, which is neither 0 nor 1"
            ),
            ("0a04 5a02 0801", "proto: field metadata.labels: wrong wire type 0 in a map"),
            (
                "0a0c 420a 08ffffffffffffffff 7f",
                "proto: field metadata.creationTimestamp: time out of range: 9223372036854775807 seconds and "
                    + "0 nanoseconds since 1970"
            ),
        ])
    func badBytes(_ hex: String, _ message: String) {
        let error = #expect(throws: ProtobufError.self) { try Self.service(hex) }
        #expect(error?.description == message)
    }

    @Test(
        "bad envelopes",
        arguments: [
            ("", "proto: the body is empty"), ("6b387300", "proto: the body is empty"),
            ("7b7d", "proto: the body does not begin with the bytes 6b 38 73 00 of a Kubernetes protobuf message"),
            ("6b387300 1205 00", "proto: unexpected EOF"),
            ("6b387300 1001", "proto: wrong wire type 0 of field number 2 of runtime.Unknown"),
            ("6b387300 1a04 677a6970", "proto: unknown contentEncoding \"gzip\""),
        ])
    func badEnvelopes(_ hex: String, _ message: String) {
        let error = #expect(throws: ProtobufError.self) { try ProtobufEnvelope(Hex.bytes(hex)) }
        #expect(error?.description == message)
    }

    @Test("many small elements take time in proportion", .timeLimit(.minutes(30)))
    func manyElements() throws {
        let ports = (0..<400_000).map { $0 % 2 == 0 ? UInt8(0x0A) : 0 }
        let spec = try ProtobufMessageDecoder.decode(ports[...], as: KubeSchema["core.v1.ServiceSpec"].message)
        #expect(spec["ports"]?.arrayValue?.count == 200_000)
    }
}
