import JSONStream
import Testing

@testable import KubeSchema

@Suite struct ProtobufEncoderTests {
    @Test(
        "every field of every kind, byte by byte",
        arguments: ProtobufGoldens.all.filter { $0.kind != "DeleteOptions" })
    func goldens(_ golden: ProtobufGoldens.Golden) throws {
        #expect(ProtobufEnvelope.encode(try golden.value) == golden.bytes)
    }

    @Test("a list holds messages, not envelopes")
    func list() throws {
        let service = try ProtobufGoldens.service.value
        let list: JSONValue = [
            "kind": "ServiceList", "apiVersion": "v1",
            "metadata": ["resourceVersion": "7", "continue": "c", "remainingItemCount": 3],
            "items": [service, service],
        ]
        let envelope = try ProtobufEnvelope(try #require(ProtobufEnvelope.encode(list)))
        #expect(envelope.kind == "ServiceList")
        let message = try #require(KubeSchema.message(apiVersion: "v1", kind: "ServiceList"))
        let read = try envelope.object(as: message)
        #expect(read["metadata"] == list["metadata"])
        var item = service
        item["kind"] = nil
        item["apiVersion"] = nil
        #expect(read["items"] == [item, item])
    }

    @Test("a watch frame")
    func frame() throws {
        let namespace: JSONValue = [
            "kind": "Namespace", "apiVersion": "v1", "metadata": ["name": "x", "deletionTimestamp": nil],
        ]
        let expected = Hex.bytes(
            """
            0000002b                                // length of the WatchEvent
            0a05 4144444544                         // type: ADDED
            1222 0a20                               // object, raw
              6b387300                              //   "k8s", 0
              0a0f 0a02 7631 1209 4e616d657370616365 //   v1 Namespace
              1205 0a03 0a01 78                     //   metadata.name: x
              1a00 2200                             //   contentEncoding, contentType
            """)
        #expect(ProtobufEnvelope.frame("ADDED", namespace) == expected)
    }

    @Test("numbers and times at their limits come back")
    func limits() throws {
        let lease: JSONValue = [
            "kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
            "metadata": [
                "generation": .integer(.min), "deletionGracePeriodSeconds": .integer(.max),
                "labels": ["a": "", "b": "ü"],
            ],
            "spec": [
                "leaseDurationSeconds": .integer(Int64(Int32.min)), "acquireTime": "0001-01-01T00:00:00.000001Z",
                "renewTime": "9999-12-31T23:59:59.999999Z", "leaseTransitions": 0,
            ],
        ]
        let bytes = try #require(ProtobufEnvelope.encode(lease))
        #expect(try ProtobufDecoderTests.decode(bytes) == lease)
    }

    @Test("values of another type than their field's are left out, kinds without a table are not encoded")
    func oddValues() throws {
        let node: JSONValue = [
            "kind": "Node", "apiVersion": "v1",
            "status": [
                "images": [["names": "x", "sizeBytes": 5]], "features": [1], "volumesInUse": "a", "phase": "p",
            ],
        ]
        let read = try ProtobufDecoderTests.decode(try #require(ProtobufEnvelope.encode(node)))
        #expect(read["status"] == ["phase": "p", "images": [["sizeBytes": 5]]])
        #expect(ProtobufEnvelope.encode(["kind": "Table", "apiVersion": "meta.k8s.io/v1"]) == nil)
    }
}
