import APITesting
import HTTPTypes
import JSONStream
import KubeAPI
import NetworkAddress
import TestSupport
import Testing

import struct KubeAPI.Timestamp

@testable import APIObjects
@testable import APIResources
@testable import APIServer

/// Whatever comes from outside: it may be refused, with a status of the client's fault, but nothing may crash.
@Suite struct AnyInputTests {
    private static let names = [
        "metadata", "spec", "status", "name", "namespace", "labels", "annotations", "finalizers", "ownerReferences",
        "type", "ports", "port", "nodePort", "targetPort", "protocol", "clusterIP", "clusterIPs", "ipFamilies",
        "ipFamilyPolicy", "externalIPs", "healthCheckNodePort", "externalTrafficPolicy", "sessionAffinity",
        "sessionAffinityConfig", "clientIP", "timeoutSeconds", "addressType", "endpoints", "addresses", "hints",
        "forZones", "conditions", "taints", "podCIDRs", "cidrs", "loadBalancer", "ingress", "series", "capacity",
        "eventTime", "regarding", "involvedObject", "creationTimestamp", "selector", "loadBalancerSourceRanges",
        "$patch", "$retainKeys", "$setElementOrder/ports", "$deleteFromPrimitiveList/finalizers", "managedFields",
        "fieldsV1", "manager", "operation", "f:spec", "k:{\"port\":80}", "v:\"a\"", ".", "op", "path", "from", "value",
    ]
    private static let texts = [
        "", "None", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "Local", "IPv4", "IPv6", "10.0.0.1",
        "fd00::1", "RequireDualStack", "PreferDualStack", "SingleStack", "ClientIP", "10.0.0.0/8", "a", "-", "\u{0}é",
        "2026-01-01T00:00:00Z", "::ffff:1.2.3.4", "delete", "replace", "merge", "Apply", "Update", "9.9.9E9Ei", "-1e99",
        "123456789012345678Ei", "0.0000000001n", "99999-99-99T99:99:99Z",
    ]
    private static let pointers = [
        "", "/spec", "/spec/ports/0", "/spec/ports/-", "/spec/ports/-1", "/metadata/labels/a~1b", "/a", "/spec/type",
        "x",
        "/metadata/managedFields/0/fieldsV1", "/metadata/name", "/spec/ports/99999999999999999999",
    ]

    private func value(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer([0, 1, -1, 80, 30000, 70000, .max, .min].randomElement(using: &random) ?? 0)
        case 3, 4: return .string(Self.texts.randomElement(using: &random) ?? "")
        case 5, 6:
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1, &random) })
        default:
            var object: JSONValue = [:]
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                object[Self.names.randomElement(using: &random) ?? "spec"] = value(depth - 1, &random)
            }
            return object
        }
    }

    /// Something near to an object, so that more than the first check is reached.
    private func object(_ random: inout SeededGenerator) -> JSONValue {
        var object: JSONValue = ["metadata": value(2, &random), "spec": value(4, &random)]
        for name in ["status", "endpoints", "ports", "series", "regarding"] where Bool.random(using: &random) {
            object[name] = value(3, &random)
        }
        if Bool.random(using: &random) { object["metadata"] = ["name": "a", "managedFields": value(3, &random)] }
        if Bool.random(using: &random) {
            object["spec"] = [
                "type": value(0, &random), "clusterIP": value(0, &random), "clusterIPs": value(1, &random),
                "ipFamilies": value(1, &random), "ipFamilyPolicy": value(0, &random),
                "ports": [
                    ["port": 80, "protocol": value(0, &random), "nodePort": value(0, &random)], value(1, &random),
                ],
            ]
        }
        return object
    }

    /// The parts of an object that have the right types, as the decoder leaves them.
    private func typed(_ object: JSONValue, _ definition: ResourceDefinition) -> JSONValue? {
        let decoder = BodyDecoder(definition: definition, validation: .ignore)
        func fits(_ value: JSONValue) -> Bool { (try? decoder.structured(value)) != nil }
        var kept: JSONValue = [:]
        for (name, member) in object.objectValue ?? [:] {
            if fits([name: member].asJSON) {
                kept[name] = member
            } else if case .object(let parts) = member {
                kept[name] = .object(parts.filter { fits([name: [$0.key: $0.value].asJSON].asJSON) })
            }
        }
        return try? decoder.structured(kept).object
    }

    private func jsonPatch(_ random: inout SeededGenerator) -> JSONValue {
        let operations = ["add", "remove", "replace", "move", "copy", "test", "?"]
        return .array(
            (0..<Int.random(in: 0...5, using: &random)).map { _ in
                [
                    "op": .string(operations.randomElement(using: &random) ?? ""),
                    "path": .string(Self.pointers.randomElement(using: &random) ?? ""),
                    "from": .string(Self.pointers.randomElement(using: &random) ?? ""), "value": value(2, &random),
                ]
            })
    }

    /// The client's fault, or none.
    private func isFair(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch let error as StatusError {
            // An error without a reason is upstream's answer to patches that cannot be merged.
            return (400..<500).contains(error.code) || error.code == 500 && error.reason.isEmpty
        } catch {
            return false
        }
    }

    private static let patchTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]

    private static func options(_ type: String) throws -> RequestOptions {
        let request = APIRequest(
            HTTPRequest(
                method: .patch, scheme: nil, authority: nil, path: "/?fieldManager=m",
                headerFields: [.contentType: type]))
        return try RequestOptions(request, kind: "PatchOptions")
    }

    private func patch(
        _ body: JSONValue, _ type: String, _ definition: ResourceDefinition, to live: JSONValue
    ) throws -> JSONValue {
        let options = try Self.options(type)
        let target = RequestTarget.Resource(definition: definition, namespace: "t", name: "a", subresource: "")
        let patch = try Patch(body.serialized(), try Patch.Kind(contentType: type), definition, options)
        let patched = try patch.apply(to: live, target)
        var result = try BodyDecoder(definition: definition, validation: .warn).patched(patched, by: patch).object
        try patch.finish(&result, from: live, target)
        return result
    }

    @Test func patchesOfAnyType() {
        var random = SeededGenerator(seed: 11)
        var applied = 0
        for round in 0..<6000 {
            let type = Self.patchTypes[round % 4]
            let definition = ResourceRegistry.standard.definitions[round / 4 % 8]
            guard let live = typed(object(&random), definition) else { continue }
            var body = type.contains("json-patch") ? jsonPatch(&random) : object(&random)
            if type.contains("apply") {
                body["kind"] = .string(definition.kind)
                body["apiVersion"] = .string(definition.apiVersion)
                if case .object = body["metadata"] { body[path: "metadata", "managedFields"] = nil }
            }
            let isFair = isFair {
                var result = try patch(body, type, definition, to: live)
                ManagedFields.recordUpdate(&result, old: live, manager: "x", subresource: "", definition)
                applied += 1
            }
            #expect(isFair, "\(type) \(body.written) to \(live.written)")
        }
        #expect(applied > 100, "\(applied)")
    }

    @Test func strategiesOfAnyKind() {
        var random = SeededGenerator(seed: 7)
        let allocators = Allocators(
            serviceCIDRs: ["10.0.0.0/24", "fd00::/120"].compactMap { IPNetwork($0) }, nodePorts: 30000...30099)
        var (checked, refused) = (0, 0)
        for round in 0..<8000 {
            let definition = ResourceRegistry.standard.definitions[round % 8]
            guard var old = typed(object(&random), definition), var new = typed(object(&random), definition) else {
                continue
            }
            let strategy = definition.strategy
            let isFair = isFair {
                try definition.allocating?.allocate(&old, old: nil, allocators).keep()
                strategy.prepareForCreate(&old, dualStack)
                try definition.allocating?.allocate(&new, old: old, allocators).giveBack()
                strategy.prepareForUpdate(&new, old: old, dualStack)
            }
            #expect(isFair, "\(old.written) \(new.written)")
            definition.allocating?.release(old, allocators).keep()
            checked += 1
            let errors = MetadataValidation.validate(new, strategy) + strategy.validateCreate(new, dualStack)
            refused += errors.isEmpty ? 0 : 1
            _ = strategy.validateUpdate(new, old: old, dualStack) + strategy.validateStatusUpdate(new, old: old)
            _ = StatusError.invalid(definition, "a", errors).json
            _ = strategy.warnings(new, old: nil)
            for field in strategy.selectableFields { _ = strategy.selectableField(field, of: new) }
            #expect(strategy.table.cells(new, .now()).count == strategy.table.columns.count)
        }
        #expect(checked > 5000 && refused > 1000, "\(checked) \(refused)")
    }

    @Test func brokenBodies() {
        var random = SeededGenerator(seed: 3)
        let seeds = [
            #"{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","labels":{"a":"b"}},"spec":{"ports":[{"port":80,"targetPort":"x\u0041"}],"clusterIP":null}}"#,
            #"{"status":{"capacity":{"cpu":"4","memory":"8Gi"},"conditions":[{"lastHeartbeatTime":"2026-01-01T00:00:00Z"}]}}"#,
            "a: &x [1, 2.5e3, {b: *x}]\nc: |\n  text\nspec: {ports: [{port: 0x50}]}\n",
        ]
        var accepted = 0
        for round in 0..<6000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(#"{}[]",:\0e-.n"#.utf8.randomElement(using: &random) ?? 0, at: place)
                default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 1...20, using: &random)))
                }
            }
            let type = round % 3 == 2 ? "application/yaml" : "application/json"
            for definition in [ResourceDefinition.services, .nodes] {
                let decoder = BodyDecoder(definition: definition, validation: .warn)
                let isFair = isFair {
                    let object = try decoder.decode(bytes, contentType: type).object
                    accepted += 1
                    // What was decoded once stays as it is.
                    #expect(try decoder.structured(object).object.agrees(with: object))
                }
                #expect(isFair, "\(String(decoding: bytes, as: UTF8.self))")
            }
            for patchType in Self.patchTypes {
                #expect(
                    isFair {
                        _ = try Patch(
                            bytes, try Patch.Kind(contentType: patchType), .services, try Self.options(patchType))
                    })
            }
        }
        #expect(accepted > 100)
    }

    private func text(_ alphabet: [Character], _ random: inout SeededGenerator) -> String {
        String((0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
    }

    @Test func selectorsTokensAndQuantities() {
        var random = SeededGenerator(seed: 5)
        let letters = Array(#"aAb1 in(),=!<>./-_é\%&+?"# + "\u{0}\u{301}")
        var read = 0
        for _ in 0..<20000 {
            let text = text(letters, &random)
            if let selector = try? LabelSelector(text) {
                read += 1
                _ = selector.matches(["a": "1"])
            }
            _ = try? FieldSelector(text)
            #expect(isFair { _ = try ContinueToken(text) })
            _ = APIRequest(HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/" + text))
            _ = MediaType.list(text)
            _ = Representation.negotiate(text)
            _ = Timestamp(text)
            let number = self.text(Array("0123456789.eE+-kKMGTPmunii "), &random)
            if let canonical = (try? Quantity(number))?.description {
                #expect((try? Quantity(canonical))?.description == canonical, "\(number)")
            }
            _ = Timestamp("2026-" + number)
        }
        #expect(read > 500)
    }

    /// Whole requests: every answer is below 500 and, where it is a failure, a Status.
    @Test func requests() async throws {
        try await TestServer.with { server in
            var random = SeededGenerator(seed: 9)
            let queries = [
                "limit", "continue", "resourceVersion", "resourceVersionMatch", "labelSelector", "fieldSelector",
                "dryRun",
                "fieldManager", "fieldValidation", "force", "pretty", "propagationPolicy", "sendInitialEvents",
            ]
            let values =
                Array("aA1,=!()%./-_+").map(String.init) + [
                    "-1", "0", "99999999999999999999", "true", "All", "Exact", "%zz", "%00", "a%3Db",
                ]
            for round in 0..<1500 {
                let definition = ResourceRegistry.standard.definitions.randomElement(using: &random) ?? .services
                var path = definition.group.isEmpty ? "/api/v1" : "/apis/\(definition.apiVersion)"
                if definition.isNamespaced { path += "/namespaces/default" }
                path += "/\(definition.plural)"
                if Bool.random(using: &random) {
                    path += ["/a", "/kubernetes", "/%2F", "/a/status", "/a/b/c"].randomElement(using: &random) ?? ""
                }
                let query = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    (queries.randomElement(using: &random) ?? "") + "="
                        + (0..<Int.random(in: 0...3, using: &random)).map { _ in
                            values.randomElement(using: &random) ?? ""
                        }.joined()
                }.joined(separator: "&")
                let method = ["GET", "POST", "PUT", "PATCH", "DELETE"].randomElement(using: &random) ?? "GET"
                let types = method == "PATCH" ? Self.patchTypes : ["application/json", "application/yaml", "a/b"]
                let type = types.randomElement(using: &random) ?? ""
                let body = type.contains("json-patch") ? jsonPatch(&random) : object(&random)
                let answer = try await server.send(
                    method, path + "?" + query, method == "GET" ? nil : body.serialized(), type: type)
                #expect(
                    answer.status < 500, "\(round): \(method) \(path)?\(query) \(body.written): \(answer.json.written)")
                if answer.status >= 400 { #expect(answer.json.text("kind") == "Status", "\(method) \(path)") }
            }
        }
    }
}

extension [String: JSONValue] {
    fileprivate var asJSON: JSONValue {
        .object(JSONValue.Object(map { ($0.key, $0.value) }))
    }
}
