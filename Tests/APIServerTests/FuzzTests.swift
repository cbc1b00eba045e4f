import JSONStream
import KubeAPI
import TestSupport
import Testing

import struct KubeAPI.Timestamp

@testable import APIObjects
@testable import APIResources
@testable import APIServer
@testable import KubeSchema

/// Whatever comes in from outside, nothing crashes.
@Suite struct FuzzTests {
    private static let seed: JSONValue = [
        "apiVersion": "v1", "kind": "Service",
        "metadata": [
            "name": "a", "labels": ["x": "y"], "finalizers": ["a/b"], "creationTimestamp": "2026-01-01T00:00:00Z",
        ],
        "spec": [
            "type": "NodePort", "clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"], "selector": ["a": "b"],
            "ports": [["name": "n", "port": 80, "targetPort": "web", "nodePort": 30000, "protocol": "TCP"]],
            "externalIPs": ["192.0.2.1"], "ipFamilies": ["IPv4"], "sessionAffinityConfig": ["clientIP": [:]],
        ],
    ]

    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 7)], at: index)
            }
        }
        return bytes
    }

    /// A value in which some parts are of another type.
    private func twisted(_ value: JSONValue, _ generator: inout SeededGenerator) -> JSONValue {
        let strange: [JSONValue] = [
            nil, 0, -1, "", "x", true, [], [:], .double(1.5), [nil], ["$patch": "delete"], .integer(.max),
        ]
        if Int.random(in: 0..<12, using: &generator) == 0 { return strange.randomElement(using: &generator) ?? nil }
        switch value {
        case .object(let members):
            var result: JSONValue.Object = [:]
            for (name, member) in members { result[name] = twisted(member, &generator) }
            return .object(result)
        case .array(let items): return .array(items.map { twisted($0, &generator) })
        default: return value
        }
    }

    @Test func bodiesOfAllTypes() {
        var generator = SeededGenerator(seed: 1)
        let decoder = BodyDecoder(definition: .services, validation: .warn)
        let text = Self.seed.serialized()
        var accepted = 0
        for _ in 0..<4000 {
            let bytes = mutated(text, &generator)
            for type in ["application/json", "application/yaml"]
            where (try? decoder.decode(bytes, contentType: type)) != nil { accepted += 1 }
            _ = try? decoder.decode([0x6B, 0x38, 0x73, 0] + bytes, contentType: ProtobufEnvelope.mediaType)
        }
        #expect(accepted > 0)
    }

    @Test func objectsOfStrangeShape() {
        var generator = SeededGenerator(seed: 2)
        let decoder = BodyDecoder(definition: .services, validation: .ignore)
        let strategy = ServiceStrategy()
        let context = AdmissionContext(ipFamilies: ["IPv4"])
        let allocators = Allocators(serviceCIDRs: [], nodePorts: 30000...30010)
        var validated = 0
        for _ in 0..<4000 {
            guard var object = try? decoder.structured(twisted(Self.seed, &generator)).object else { continue }
            (try? strategy.allocate(&object, old: Self.seed, allocators))?.giveBack()
            strategy.prepareForUpdate(&object, old: Self.seed, context)
            _ = MetadataValidation.validate(object, strategy) + strategy.validateUpdate(object, old: Self.seed, context)
            _ = strategy.table.cells(object, .now())
            validated += 1
        }
        #expect(validated > 100)
    }

    @Test func patches() {
        var generator = SeededGenerator(seed: 3)
        let operations: JSONValue = [
            ["op": "add", "path": "/spec/ports/-", "value": ["port": 1]], ["op": "remove", "path": "/spec/ports/0"],
            ["op": "move", "from": "/spec/selector", "path": "/metadata/labels"],
            ["op": "test", "path": "", "value": 1],
        ]
        var applied = 0
        for _ in 0..<3000 {
            _ = try? JSONPatch(twisted(operations, &generator)).apply(to: Self.seed)
            let patch = twisted(Self.seed, &generator)
            _ = MergePatch.apply(patch, to: Self.seed)
            if (try? StrategicMergePatch(patch, KubeSchema["core.v1.Service"]).apply(to: Self.seed)) != nil {
                applied += 1
            }
            let paths = FieldPaths(of: patch, KubeSchema["core.v1.Service"])
            #expect(
                FieldPaths(fieldsV1: paths.fieldsV1).paths.isSuperset(
                    of: paths.paths.filter { $0.last?.hasPrefix("k:") != true }))
        }
        #expect(applied > 0)
    }

    @Test func selectorsAndTokens() {
        var generator = SeededGenerator(seed: 4)
        for text in [
            "a=b,c!=d,e in (f,g),h notin (i),j,!k,l>5", "metadata.name=a,spec.type!=b\\,c",
            "eyJ2IjoibWV0YS5rOHMuaW8vdjEi",
        ] {
            for _ in 0..<2000 {
                let mutated = String(decoding: mutated(Array(text.utf8), &generator), as: UTF8.self)
                _ = try? LabelSelector(mutated).matches(["a": "b"])
                _ = try? FieldSelector(mutated)
                _ = try? ContinueToken(mutated)
                _ = Timestamp(mutated)
                _ = (try? Quantity(mutated))?.description
            }
        }
    }

    @Test(arguments: [
        ("a in (b,c),d notin (e),f,!g,h>1", ["a": "c", "f": "", "h": "2"], true), ("a=b", [:], false),
        ("a!=b", [:], true), ("a in ()", ["a": ""], true), ("x==1", ["x": "1"], true), ("h<1", ["h": "1"], false),
    ])
    func labelSelectors(_ text: String, _ labels: [String: String], _ expected: Bool) throws {
        #expect(try LabelSelector(text).matches(labels) == expected)
    }

    @Test(arguments: ["1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-11-23T04:05:06Z", "1969-12-31T23:59:59Z"])
    func timestampsReadBack(_ text: String) {
        #expect(Timestamp(text)?.text() == text)
        #expect(
            Timestamp(text.replacing("Z", with: ".123456Z"))?.text(microseconds: true)
                == text.replacing("Z", with: ".123456Z"))
    }
}
