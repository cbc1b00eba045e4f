import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources

@Suite struct ApplyPatchTests {
    private func apply(
        _ body: String, to live: JSONValue?, by manager: String, force: Bool = false,
        _ definition: ResourceDefinition = .services
    ) throws -> JSONValue {
        let type = "application/apply-patch+yaml"
        let target = ObjectPath(definition: definition, namespace: "t1", name: "ssa", subresource: "")
        let patch = try Patch(
            Array(body.utf8), try Patch.Kind(contentType: type), definition, manager: manager, force: force)
        let patched = try patch.apply(to: live, target)
        var result = try BodyDecoder(definition: definition, validation: .strict).structured(patched).object
        try patch.finish(&result, from: live, target)
        return result
    }

    private func update(_ object: inout JSONValue, from live: JSONValue, by manager: String) {
        ManagedFields.recordUpdate(&object, old: live, manager: manager, subresource: "", .services)
    }

    private func service(_ spec: String) -> String {
        #"{"apiVersion":"v1","kind":"Service","metadata":{"name":"ssa"},"spec":\#(spec)}"#
    }

    private func fields(_ object: JSONValue, of manager: String) -> String? {
        object["metadata"]?["managedFields"]?.arrayValue?.first { $0["manager"]?.stringValue == manager }?["fieldsV1"]
            .map(\.written)
    }

    @Test func recordsWhatWasApplied() throws {
        let object = try apply(
            service(#"{"clusterIP":"10.96.7.30","ports":[{"name":"http","port":80}]}"#), to: nil, by: "alice")
        #expect(
            fields(object, of: "alice")
                == #"{"f:spec":{"f:clusterIP":{},"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{}}}}}"#
        )
        let entry = object["metadata"]?["managedFields"]?.arrayValue?.first
        #expect(entry?["operation"] == "Apply")
        #expect(entry?["apiVersion"] == "v1")
        #expect(entry?.text("time").hasSuffix("Z") == true)
        #expect(entry?["fieldsType"] == "FieldsV1")
    }

    @Test func conflictsAndForces() throws {
        let first = try apply(
            service(#"{"clusterIP":"10.96.7.30","ports":[{"name":"http","port":80}]}"#), to: nil, by: "alice")
        let other = service(#"{"ports":[{"name":"web","port":80}]}"#)
        #expect { try apply(other, to: first, by: "bob") } throws: {
            guard let error = $0 as? StatusError else { return false }
            let path = #".spec.ports[port=80,protocol="TCP"].name"#
            return error.code == 409
                && error.message == "Apply failed with 1 conflict: conflict with \"alice\": \(path)"
                && error.details?.causes.map(\.field) == [path]
        }
        let forced = try apply(other, to: first, by: "bob", force: true)
        #expect(forced["spec"]?["ports"]?.arrayValue?.first?["name"] == "web")
        #expect(forced["spec"]?["clusterIP"] == "10.96.7.30")
        #expect(
            fields(forced, of: "alice")
                == #"{"f:spec":{"f:clusterIP":{},"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}}"#
        )
        #expect(
            fields(forced, of: "bob")
                == #"{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{}}}}}"#)
    }

    @Test func sharesEqualValues() throws {
        let first = try apply(service(#"{"type":"NodePort"}"#), to: nil, by: "alice")
        let second = try apply(service(#"{"type":"NodePort"}"#), to: first, by: "bob")
        #expect(fields(second, of: "alice") == fields(second, of: "bob"))
        // One owner gives it up, the other keeps it.
        let third = try apply(service("{}"), to: second, by: "alice")
        #expect(third["spec"]?["type"] == "NodePort")
        #expect(fields(third, of: "alice") == #"{"f:spec":{}}"#)
        let fourth = try apply(service("{}"), to: third, by: "bob")
        #expect(fourth["spec"]?["type"] == "ClusterIP")
    }

    @Test func changesNothingWhenAppliedAgain() throws {
        let body = service(#"{"selector":{"b":"1","a":"2"},"ports":[{"port":80}]}"#)
        let first = try apply(body, to: nil, by: "alice")
        #expect(try apply(body, to: first, by: "alice").agrees(with: first))
    }

    @Test func removesWhatIsNoLongerApplied() throws {
        let first = try apply(
            service(
                #"{"type":"NodePort","ports":[{"name":"a","port":80},{"name":"b","port":81}],"externalIPs":["1.2.3.4"]}"#
            ),
            to: nil, by: "alice")
        var live = first
        // What the server filled in belongs to nobody and stays.
        live[path: "spec", "clusterIP"] = "10.0.0.1"
        let second = try apply(service(#"{"type":"NodePort","ports":[{"name":"b","port":81}]}"#), to: live, by: "alice")
        #expect(second["spec"]?["ports"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["b"])
        #expect(second["spec"]?["externalIPs"] == nil)
        #expect(second["spec"]?["clusterIP"] == "10.0.0.1")
        let third = try apply(
            #"{"apiVersion":"v1","kind":"Service","metadata":{"name":"ssa"}}"#, to: second, by: "alice")
        #expect(third["spec"]?["type"] == "ClusterIP")
        #expect(third["metadata"]?["managedFields"] == nil)
    }

    @Test func portsDifferByProtocol() throws {
        let first = try apply(service(#"{"ports":[{"name":"t","port":53}]}"#), to: nil, by: "alice")
        let second = try apply(
            service(#"{"ports":[{"name":"u","port":53,"protocol":"UDP"}]}"#), to: first, by: "bob")
        #expect(second["spec"]?["ports"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["t", "u"])
    }

    @Test func setsHaveOwnersForEachValue() throws {
        func body(_ values: String) -> String {
            #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"n","finalizers":\#(values)}}"#
        }
        let first = try apply(body(#"["x/a","x/b"]"#), to: nil, by: "alice", .nodes)
        let second = try apply(body(#"["x/b","x/c"]"#), to: first, by: "bob", .nodes)
        #expect(second["metadata"]?["finalizers"] == ["x/a", "x/b", "x/c"])
        let third = try apply(body(#"["x/a"]"#), to: second, by: "alice", .nodes)
        #expect(third["metadata"]?["finalizers"] == ["x/a", "x/b", "x/c"])
        let fourth = try apply(body("[]"), to: third, by: "bob", .nodes)
        #expect(fourth["metadata"]?["finalizers"] == ["x/a"])
    }

    @Test func atomicMapsBelongToOne() throws {
        let first = try apply(service(#"{"selector":{"a":"1"}}"#), to: nil, by: "alice")
        #expect(fields(first, of: "alice") == #"{"f:spec":{"f:selector":{}}}"#)
        #expect { try apply(service(#"{"selector":{"b":"1"}}"#), to: first, by: "bob") } throws: {
            ($0 as? StatusError)?.details?.causes.first?.field == ".spec.selector"
        }
        let forced = try apply(service(#"{"selector":{"b":"1"}}"#), to: first, by: "bob", force: true)
        #expect(forced["spec"]?["selector"] == ["b": "1"])
    }

    @Test func theSameSelectorInAnotherOrderIsNoConflict() throws {
        let first = try apply(service(#"{"selector":{"b":"1","a":"2"}}"#), to: nil, by: "alice")
        let second = try apply(service(#"{"selector":{"b":"1","a":"2"}}"#), to: first, by: "bob")
        #expect(fields(second, of: "bob") == #"{"f:spec":{"f:selector":{}}}"#)
    }

    @Test func updatesTakeFieldsFromAppliers() throws {
        let first = try apply(service(#"{"type":"NodePort","externalName":"a"}"#), to: nil, by: "alice")
        var updated = first
        updated[path: "spec", "type"] = "LoadBalancer"
        updated[path: "spec", "externalName"] = nil
        update(&updated, from: first, by: "kubectl-edit")
        #expect(fields(updated, of: "alice") == nil)
        #expect(fields(updated, of: "kubectl-edit") == #"{"f:spec":{"f:type":{}}}"#)
        #expect { try apply(service(#"{"type":"NodePort"}"#), to: updated, by: "alice") } throws: {
            let message = ($0 as? StatusError)?.message ?? ""
            return message.hasPrefix(#"Apply failed with 1 conflict: conflict with "kubectl-edit" using v1 at 2"#)
                && message.hasSuffix("Z: .spec.type")
        }
        // An update that changes nothing leaves the times alone.
        var same = updated
        update(&same, from: updated, by: "x")
        #expect(same == updated)
    }

    @Test func adoptsObjectsThatWereNotTracked() throws {
        var live = try decoded(#"{"metadata":{"name":"ssa"},"spec":{"type":"NodePort"}}"#, .services)
        let result = try apply(service(#"{"externalName":"x"}"#), to: live, by: "alice")
        #expect(fields(result, of: "before-first-apply")?.contains(#""f:type":{}"#) == true)
        // An update owns what it changes.
        let before = live
        live[path: "spec", "type"] = "ClusterIP"
        update(&live, from: before, by: "m")
        #expect(fields(live, of: "m") == #"{"f:spec":{"f:type":{}}}"#)
        // An empty entry gives up tracking.
        var reset = result
        reset[path: "metadata", "managedFields"] = [[:]]
        update(&reset, from: result, by: "m")
        #expect(reset["metadata"]?["managedFields"] == nil)
    }

    /// As kube-apiserver 1.36.2 recorded them.
    @Test(arguments: [
        (
            ResourceDefinition.services,
            #"{"metadata":{"labels":{"a":"b"}},"spec":{"clusterIP":"10.96.0.9","ports":[{"port":80}]}}"#,
            #"{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:clusterIP":{},"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:sessionAffinity":{},"f:type":{}}}"#
        ),
        (
            .deployments,
            #"{"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"web:1"}]}}}}"#,
            #"{"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}"#
        ),
        (
            .endpointSlices,
            #"{"metadata":{"labels":{"kubernetes.io/service-name":"s"}},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}],"ports":[{"port":80}]}"#,
            #"{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:labels":{".":{},"f:kubernetes.io/service-name":{}}},"f:ports":{}}"#
        ),
    ])
    func creationsAreTracked(definition: ResourceDefinition, object: String, expected: String) throws {
        var made = try decoded(object, definition)
        ManagedFields.recordCreation(&made, manager: "m", definition)
        #expect(fields(made, of: "m") == expected)
        let entry = made["metadata"]?.items("managedFields").first
        #expect(entry?["operation"] == "Update" && entry?["subresource"] == nil)
        // What is written again as it was changes nothing.
        var same = made
        ManagedFields.recordUpdate(&same, old: made, manager: "x", subresource: "", definition)
        #expect(same == made)
    }

    @Test(arguments: [
        (
            #"{"apiVersion":"v1","kind":"Service","spec":{"colour":1}}"#, 500,
            ".spec.colour: field not declared in schema"
        ),
        (
            #"{"apiVersion":"v1","kind":"Service","spec":{"ports":{}}}"#, 500,
            "cannot unmarshal object into Go struct field ServiceSpec.spec.ports"
        ),
        (#"{"apiVersion":"v1","kind":"Service","spec":{"ports":[{"name":"a"}]}}"#, 500, "omits key field \"port\""),
        (
            #"{"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":1},{"port":1,"protocol":"TCP"}]}}"#, 500,
            "duplicate entries for key [port=1,protocol=\"TCP\"]"
        ),
        (#"{"apiVersion":"v2","kind":"Service"}"#, 400, "Specified patch version: v2, expected: v1"),
        (#"{"apiVersion":"v1","kind":"Pod"}"#, 500, "the kind must be Service"),
        (
            #"{"apiVersion":"v1","kind":"Service","metadata":{"managedFields":[{}]}}"#, 400,
            "metadata.managedFields must be nil"
        ),
        ("a: [", 400, "error decoding YAML"),
        ("[]", 400, "error decoding YAML"),
    ])
    func refusesWhatDoesNotFit(body: String, code: Int, problem: String) {
        #expect { try apply(body, to: nil, by: "a") } throws: {
            ($0 as? StatusError)?.code == code && ($0 as? StatusError)?.message.contains(problem) == true
        }
    }

    @Test func conflictsAreToldInUpstreamsOrder() throws {
        let paths: [FieldPaths.Path] = [
            ["f:a", "f:b", "f:c"], ["f:a", "f:z"], ["f:a", "f:b", "f:a", "f:a"], ["f:z"], ["f:a", "f:c"],
        ]
        #expect(
            paths.sorted(by: FieldPaths.precedes).map(FieldPaths.display) == [
                ".z", ".a.c", ".a.z", ".a.b.c", ".a.b.a.a",
            ])
        let mine = try apply(service(#"{"type":"NodePort","externalName":"a"}"#), to: nil, by: "alice")
        #expect { try apply(service(#"{"type":"ClusterIP","externalName":"b"}"#), to: mine, by: "bob") } throws: {
            ($0 as? StatusError)?.message
                == """
                Apply failed with 2 conflicts: conflicts with "alice":
                - .spec.externalName
                - .spec.type
                """
        }
    }
}
