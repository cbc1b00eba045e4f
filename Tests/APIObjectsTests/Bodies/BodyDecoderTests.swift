import APITesting
import JSONStream
import Testing
import YAMLStream

@testable import APIObjects
@testable import APIResources
@testable import KubeSchema

@Suite struct BodyDecoderTests {
    private func decode(
        _ text: String, _ definition: ResourceDefinition = .services,
        _ validation: BodyDecoder.FieldValidation = .warn, type: String = "application/json"
    ) throws -> BodyDecoder.Decoded {
        try BodyDecoder(definition: definition, validation: validation).decode(Array(text.utf8), contentType: type)
    }

    private func message(
        _ text: String, _ definition: ResourceDefinition = .services,
        _ validation: BodyDecoder.FieldValidation = .warn, type: String = "application/json"
    ) -> String? {
        do {
            _ = try decode(text, definition, validation, type: type)
            return nil
        } catch let error as StatusError {
            return error.code == 400 ? error.message : "\(error.code)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (
            #"{"spec":{"ports":[{"port":"eighty"}]}}"#,
            "string into Go struct field ServicePort.spec.ports.port of type int32"
        ),
        (
            #"{"spec":{"ports":[{"port":80.5}]}}"#,
            "number 80.5 into Go struct field ServicePort.spec.ports.port of type int32"
        ),
        (
            #"{"spec":{"ports":[{"port":3000000000}]}}"#,
            "number 3000000000 into Go struct field ServicePort.spec.ports.port of type int32"
        ),
        (
            #"{"spec":{"ports":{"port":80}}}"#,
            "object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort"
        ),
        (#"{"spec":[]}"#, "array into Go struct field Service.spec of type v1.ServiceSpec"),
        (#"{"spec":{"clusterIP":5}}"#, "number into Go struct field ServiceSpec.spec.clusterIP of type string"),
        (
            #"{"spec":{"publishNotReadyAddresses":"yes"}}"#,
            "string into Go struct field ServiceSpec.spec.publishNotReadyAddresses of type bool"
        ),
        (#"{"metadata":{"labels":{"a":1}}}"#, "number into Go struct field ObjectMeta.metadata.labels of type string"),
        (
            #"{"metadata":{"labels":["a"]}}"#,
            "array into Go struct field ObjectMeta.metadata.labels of type map[string]string"
        ),
    ])
    func namesTheFieldThatDoesNotFit(body: String, mismatch: String) {
        #expect(
            message(body)
                == "Service in version \"v1\" cannot be handled as a Service: json: cannot unmarshal \(mismatch)")
    }

    @Test(arguments: [
        "{not json", "", #"{"a":1"#, #"{"a" 1}"#, #"{"a":1 "b"}"#, #"{"a":[1 2]}"#, #"{"a":tru}"#, #"{"a":1}x"#,
        #"{"a":01}"#, "[]", "5", "null",
    ])
    func refusesWhatIsNoObject(body: String) {
        #expect(
            message(body)?.hasPrefix(
                "the object provided is unrecognized (must be of type Service): couldn't get version/kind; json parse "
                    + "error: ") == true)
    }

    @Test func reportsUnknownAndDuplicateFields() throws {
        let body =
            #"{"spec":{"colour":"red","ports":[{"port":1},{"port":80,"shape":{"a":1},"port":81}]},"spec2":{}}"#
        let outcome = try decode(body)
        // In the order of the document.
        let problems = [
            #"unknown field "spec.colour""#, #"unknown field "spec.ports[1].shape""#,
            #"duplicate field "spec.ports[1].port""#, #"unknown field "spec2""#,
        ]
        #expect(outcome.warnings == problems)
        #expect(outcome.object["spec"]?["colour"] == nil)
        #expect(outcome.object["spec"]?.items("ports")[1]["port"] == 81)
        #expect(try decode(body, .services, .ignore).warnings.isEmpty)
        #expect(
            message(body, .services, .strict)
                == "Service in version \"v1\" cannot be handled as a Service: strict decoding error: "
                + problems.joined(separator: ", "))
    }

    @Test func leavesOutWhatGoLeavesOut() throws {
        var reader = SchemaReader()
        let object = try reader.read(
            JSONValue(
                text:
                    #"{"metadata":{"name":"a","labels":{},"creationTimestamp":null},"spec":{"type":"","clusterIP":null,"ports":[{"port":80,"appProtocol":""}],"sessionAffinityConfig":null,"selector":{"b":"2","a":"1"}}}"#
            ), as: KubeSchema["core.v1.Service"])
        #expect(
            object
                == JSONValue(
                    text:
                        #"{"metadata":{"name":"a"},"spec":{"ports":[{"appProtocol":"","port":80,"targetPort":0}],"selector":{"a":"1","b":"2"}},"status":{"loadBalancer":{}}}"#
                ))
        #expect(try decode("{}", .endpointSlices).object["endpoints"] == .null)
        #expect(
            try decode(#"{"endpoints":[{"addresses":[]}]}"#, .endpointSlices).object["endpoints"]
                == [["addresses": [], "conditions": [:]]])
        #expect(try decode("{}", .groupEvents).object["deprecatedFirstTimestamp"] == .null)
    }

    @Test func canonicalizesTimesAndQuantities() throws {
        let lease = try decode(#"{"spec":{"renewTime":"2024-02-29T23:30:00.1234567-01:00"}}"#, .leases)
        #expect(lease.object["spec"]?["renewTime"] == "2024-03-01T00:30:00.123456Z")
        let node = try decode(
            #"{"status":{"capacity":{"a":"1000m","b":4,"c":"1024Mi","d":"0.5Gi","e":"1500m","f":"2e3","g":"0","h":"100k"}}}"#,
            .nodes)
        #expect(
            node.object["status"]?["capacity"]
                == ["a": "1", "b": "4", "c": "1Gi", "d": "512Mi", "e": "1500m", "f": "2e3", "g": "0", "h": "100k"])
        #expect(message(#"{"status":{"capacity":{"a":"lots"}}}"#, .nodes)?.contains("quantities must match") == true)
        #expect(message(#"{"spec":{"renewTime":"soon"}}"#, .leases)?.contains(#"parsing time "soon" as"#) == true)
        #expect(message(#"{"spec":{"renewTime":"2023-02-29T00:00:00Z"}}"#, .leases) != nil)
    }

    @Test func readsYAML() throws {
        let text = """
            apiVersion: v1
            kind: Service
            metadata:
              name: y
              annotations: {a: "1", b: 'true'}
            spec:
              publishNotReadyAddresses: yes
              selector: &s
                app: web
              ports:
              - port: 0x50
                name: >-
                  folded
                targetPort: web
            """
        let spec = try decode(text, type: "application/yaml").object["spec"]
        #expect(
            spec?["ports"] == [["name": "folded", "protocol": "TCP", "port": 80, "targetPort": "web"]]
                || spec?.items("ports").first?.agrees(with: [
                    "name": "folded", "protocol": "TCP", "port": 80, "targetPort": "web",
                ]) == true)
        #expect(spec?["publishNotReadyAddresses"] == true)
    }

    @Test(
        arguments: [
            ("1", 1), ("-0x10", -16), ("010", 8), ("0b11", 3), ("1_000", 1000), ("1e3", 1000), ("~", nil),
            ("Off", false),
            ("on", true), ("\"on\"", "on"), ("2026-01-01", "2026-01-01"), ("1.2.3.4", "1.2.3.4"), ("08", 8),
            ("0x", "0x"), (".", "."), ("nan", "nan"), ("1e999", "1e999"),
        ] as [(String, JSONValue?)])
    func scalarsAreThoseOfUpstream(text: String, value: JSONValue?) throws {
        #expect(try YAMLDocument(parsing: Array("a: \(text)".utf8)).value["a"] == value ?? .null)
    }

    @Test(arguments: ["a: [1", "", "a: *b", "{[a]: b}", "\u{1}", String(repeating: "[", count: 100_000)])
    func refusesOtherYAML(text: String) { #expect(message(text, type: "application/yaml") != nil) }

    /// Each level doubles what the one before unfolds to.
    @Test func refusesAliasesThatUnfoldTooFar() {
        let bomb = (1...40).reduce("a0: &a0 [x]\n") { "\($0)a\($1): &a\($1) [*a\($1 - 1), *a\($1 - 1)]\n" }
        #expect(message(bomb, type: "application/yaml")?.contains("excessive aliasing") == true)
    }

    @Test func refusesOtherKindsAndTypes() {
        #expect(
            message(#"{"apiVersion":"v1","kind":"Pod"}"#)?.hasPrefix(
                #"Pod in version "v1" cannot be handled as a Service: "#) == true)
        #expect(
            message(#"{"apiVersion":"v2","kind":"Service"}"#)?.hasPrefix(
                #"Service in version "v2" cannot be handled as a Service: no kind "Service" is registered"#) == true)
        #expect(message("{}", type: "text/plain") == "415")
    }
}
