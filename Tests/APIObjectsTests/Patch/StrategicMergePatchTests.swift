import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import KubeSchema

private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

@Suite struct StrategicMergePatchTests {
    private func apply(_ patch: String, to target: String, _ schema: StructSchema = KubeSchema["core.v1.Service"])
        throws -> JSONValue
    {
        try StrategicMergePatch(json(patch), schema).apply(to: json(target))
    }

    private static let ports =
        #"{"spec":{"ports":[{"name":"a","port":1},{"name":"b","port":2},{"name":"c","port":3}]}}"#

    @Test(arguments: [
        // Merged by key; new elements go in front of the server's own.
        (
            ports, #"{"spec":{"ports":[{"port":2,"name":"x"}]}}"#,
            #"{"spec":{"ports":[{"name":"a","port":1},{"name":"x","port":2},{"name":"c","port":3}]}}"#
        ),
        (
            ports, #"{"spec":{"ports":[{"port":9}]}}"#,
            #"{"spec":{"ports":[{"port":9},{"name":"a","port":1},{"name":"b","port":2},{"name":"c","port":3}]}}"#
        ),
        (
            ports, #"{"spec":{"ports":[{"port":2,"name":null}]}}"#,
            #"{"spec":{"ports":[{"name":"a","port":1},{"port":2},{"name":"c","port":3}]}}"#
        ),
        // Directives in lists.
        (
            ports, #"{"spec":{"ports":[{"port":2,"$patch":"delete"}]}}"#,
            #"{"spec":{"ports":[{"name":"a","port":1},{"name":"c","port":3}]}}"#
        ),
        (ports, #"{"spec":{"ports":[{"$patch":"replace"},{"port":7}]}}"#, #"{"spec":{"ports":[{"port":7}]}}"#),
        (ports, #"{"spec":{"ports":[{"port":8,"$patch":"delete"}]}}"#, ports),
        // The order list.
        (
            ports, #"{"spec":{"$setElementOrder/ports":[{"port":3},{"port":1},{"port":2}]}}"#,
            #"{"spec":{"ports":[{"name":"c","port":3},{"name":"a","port":1},{"name":"b","port":2}]}}"#
        ),
        (
            ports,
            #"{"spec":{"$setElementOrder/ports":[{"port":3},{"port":4},{"port":1}],"ports":[{"port":4,"name":"d"}]}}"#,
            #"{"spec":{"ports":[{"name":"b","port":2},{"name":"c","port":3},{"port":4,"name":"d"},{"name":"a","port":1}]}}"#
        ),
        (
            ports, #"{"spec":{"$setElementOrder/ports":[{"port":1}],"ports":[{"$patch":"delete","port":2}]}}"#,
            #"{"spec":{"ports":[{"name":"a","port":1},{"name":"c","port":3}]}}"#
        ),
        // Maps.
        (
            #"{"spec":{"selector":{"a":"1"},"type":"X"}}"#, #"{"spec":{"selector":{"b":"2","a":null}}}"#,
            #"{"spec":{"selector":{"b":"2"},"type":"X"}}"#
        ),
        (
            #"{"spec":{"selector":{"a":"1"}}}"#, #"{"spec":{"selector":{"$patch":"replace","b":"2"}}}"#,
            #"{"spec":{"selector":{"b":"2"}}}"#
        ),
        (
            #"{"spec":{"selector":{"a":"1"},"type":"X"}}"#, #"{"spec":{"$retainKeys":["type"],"type":"Y"}}"#,
            #"{"spec":{"type":"Y"}}"#
        ),
        (
            #"{"spec":{"selector":{"a":"1"}}}"#, #"{"spec":{"selector":{"$patch":"delete"}}}"#,
            #"{"spec":{"selector":{}}}"#
        ),
        // Lists without a strategy are replaced.
        (
            #"{"spec":{"externalIPs":["1","2"]}}"#, #"{"spec":{"externalIPs":["3"]}}"#,
            #"{"spec":{"externalIPs":["3"]}}"#
        ),
        // Lists of scalars that merge.
        (
            #"{"metadata":{"finalizers":["a","b"]}}"#, #"{"metadata":{"finalizers":["c","a"]}}"#,
            #"{"metadata":{"finalizers":["c","a","b"]}}"#
        ),
        (
            #"{"metadata":{"finalizers":["a","b"]}}"#, #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}"#,
            #"{"metadata":{"finalizers":["b"]}}"#
        ),
        (
            #"{"metadata":{"finalizers":["a","b"]}}"#,
            #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["c","b"],"finalizers":["c"]}}"#,
            #"{"metadata":{"finalizers":["c","b"]}}"#
        ),
        // Nothing to merge with: nulls and directives are left out.
        (
            "{}", #"{"spec":{"type":null,"ports":[{"port":1,"name":null},{"port":2,"$patch":"delete"}]}}"#,
            #"{"spec":{"ports":[{"port":1}]}}"#
        ),
    ])
    func mergesServices(target: String, patch: String, result: String) throws {
        let found = try apply(patch, to: target)
        #expect(found.agrees(with: try json(result)), "\(found.written)")
    }

    @Test func mergesConditionsByType() throws {
        let found = try apply(
            #"{"status":{"conditions":[{"type":"Ready","status":"False"}]}}"#,
            to:
                #"{"status":{"conditions":[{"type":"Disk","status":"True"},{"type":"Ready","status":"True","reason":"r"}]}}"#,
            KubeSchema["core.v1.Node"])
        #expect(
            found.agrees(
                with: try json(
                    #"{"status":{"conditions":[{"type":"Disk","status":"True"},{"type":"Ready","status":"False","reason":"r"}]}}"#
                )))
    }

    /// Upstream takes the named formats for the client's fault, and has no reason for the rest.
    @Test(arguments: [
        (#"{"spec":{"ports":[{"name":"x"}]}}"#, 500, ""),
        (#"{"spec":{"ports":[{"$patch":"delete"}]}}"#, 500, ""),
        (#"{"spec":{"ports":[{"port":1,"$patch":"mangle"}]}}"#, 500, ""),
        (#"{"spec":{"$patch":"mangle"}}"#, 500, ""),
        (#"{"spec":{"$retainKeys":["type"],"clusterIP":"x"}}"#, 400, "BadRequest"),
        (#"{"spec":{"$setElementOrder/ports":[{"port":1}],"ports":[{"port":2}]}}"#, 500, ""),
        (#"{"spec":{"$setElementOrder/ports":{}}}"#, 400, "BadRequest"),
        (#"{"spec":{"ports":[1]}}"#, 500, ""),
    ])
    func refusesMalformedPatches(patch: String, code: Int, reason: String) {
        #expect { try apply(patch, to: Self.ports) } throws: {
            ($0 as? StatusError)?.code == code && ($0 as? StatusError)?.reason == reason
        }
    }
}
