import JSONStream
import TestSupport
import Testing

@testable import KubeSchema

/// Bytes from anywhere give an object or an error, never a crash.
@Suite struct ProtobufFuzzTests {
    private static let messages: [ProtobufMessage] = [
        "core.v1.Namespace", "core.v1.Node", "core.v1.Service", "core.v1.Event", "discovery.v1.EndpointSlice",
        "events.v1.Event", "networking.v1.ServiceCIDR", "coordination.v1.Lease", "meta.v1.Status",
        "meta.v1.DeleteOptions", "apiextensions.v1.JSONSchemaProps",
    ].map { KubeSchema[$0].message }

    @Test("random bytes")
    func randomBytes() {
        var random = SeededGenerator(seed: 1)
        var decoded = 0
        for _ in 0..<10_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in
                // Mostly small values, which are tags and lengths more often.
                UInt8.random(in: 0...(Bool.random(using: &random) ? 255 : 35), using: &random)
            }
            let message = Self.messages.randomElement(using: &random) ?? KubeSchema["core.v1.Service"].message
            if (try? ProtobufMessageDecoder.decode(bytes[...], as: message)) != nil { decoded += 1 }
            _ = try? ProtobufEnvelope([0x6B, 0x38, 0x73, 0] + bytes)
        }
        #expect(decoded > 50)
    }

    @Test("good messages with some bytes changed, cut out or doubled", arguments: ProtobufGoldens.all)
    func mutatedMessages(_ golden: ProtobufGoldens.Golden) throws {
        let description = try Self.description(golden)
        let good = golden.bytes
        var random = SeededGenerator(seed: 2)
        var failed = 0
        for _ in 0..<600 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.remove(at: place)
                default: bytes.insert(bytes[place], at: place)
                }
            }
            do { _ = try ProtobufEnvelope(bytes).object(as: description).serialized() } catch { failed += 1 }
        }
        #expect(failed > 30)
    }

    @Test("every beginning of a good message", arguments: ProtobufGoldens.all)
    func beginnings(_ golden: ProtobufGoldens.Golden) throws {
        let message = try ProtobufEnvelope(golden.bytes).message
        let description = try Self.description(golden)
        var whole = 0
        for count in 0...message.count
        where (try? ProtobufMessageDecoder.decode(message.prefix(count), as: description)) != nil {
            whole += 1
        }
        // Only where a field of the outermost message ends.
        #expect(whole <= description.fields.count * 2 + 2)
        #expect(whole > 1)
    }

    private static func description(_ golden: ProtobufGoldens.Golden) throws -> ProtobufMessage {
        try #require(
            golden.kind == "DeleteOptions"
                ? KubeSchema["meta.v1.DeleteOptions"].message
                : KubeSchema.message(apiVersion: golden.apiVersion, kind: golden.kind))
    }
}
