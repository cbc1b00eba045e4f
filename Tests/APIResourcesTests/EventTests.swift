import APITesting
import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIResources

@Suite struct EventTests {
    static let modern =
        #"{"metadata":{"name":"e"},"eventTime":"2026-01-01T00:00:00Z","reportingController":"proxy","reportingInstance":"n1","action":"Sync","reason":"Starting","type":"Normal","regarding":{"kind":"Service","namespace":"t","name":"min"},"note":"hello"}"#

    private func event(_ change: (inout JSONValue) -> Void = { _ in }) throws -> JSONValue {
        var object = JSONValue(text: Self.modern)
        change(&object)
        return try decoded(object.written, .groupEvents)
    }

    @Test func bothGroupsShareOneStoredForm() throws {
        let served = try event()
        let conversion = try #require(ResourceDefinition.groupEvents.conversion)
        let stored = conversion.toStorage(served)
        #expect(stored.text("apiVersion") == "v1")
        #expect(stored.text("message") == "hello")
        #expect(stored.text("reportingComponent") == "proxy")
        #expect(stored["involvedObject"]?.text("name") == "min")
        #expect(stored["note"] == nil)
        #expect(ResourceDefinition.groupEvents.storagePrefix == ResourceDefinition.events.storagePrefix)
        let back = conversion.fromStorage(stored)
        #expect(back.text("apiVersion") == "events.k8s.io/v1")
        for (name, value) in [("deprecatedSource", "{}"), ("deprecatedFirstTimestamp", "null"), ("note", #""hello""#)] {
            #expect(back[name] == JSONValue(text: value), "\(name)")
        }
    }

    static let mistakes: [(String, JSONValue?, [String])] = [
        (
            "reportingController", nil,
            ["Required reportingController", "Invalid reportingController", "Invalid reportingController"]
        ),
        ("reportingInstance", nil, ["Required reportingInstance"]),
        ("action", nil, ["Required action"]),
        ("reason", .string(String(repeating: "x", count: 129)), ["Invalid reason"]),
        ("note", .string(String(repeating: "x", count: 1025)), ["Invalid message"]),
        ("type", "Loud", ["Invalid type"]),
        ("eventTime", nil, ["Required eventTime"]),
        ("deprecatedCount", 3, ["Invalid count"]),
        ("deprecatedSource", ["host": "h"], ["Invalid source"]),
        ("deprecatedFirstTimestamp", "2026-01-01T00:00:00Z", ["Invalid firstTimestamp"]),
        ("regarding", ["namespace": "other"], []),
        ("regarding", ["kind": "Node"], ["Invalid involvedObject.namespace"]),
        ("series", ["count": 1], ["Invalid series.count", "Required series.lastObservedTime"]),
        ("note", "fine", []),
    ]

    @Test(arguments: mistakes)
    func refusedEvents(field: String, value: JSONValue?, causes: [String]) throws {
        let event = try event { $0[field] = value }
        #expect(brief(EventStrategy(isGroup: true).validateCreate(event, dualStack)) == causes)
    }

    @Test func onlyTheSeriesChanges() throws {
        let old = try event()
        let new = try event {
            $0["note"] = "other"
            $0["series"] = ["count": 2, "lastObservedTime": "2026-01-01T00:00:01Z"]
        }
        #expect(brief(EventStrategy(isGroup: true).validateUpdate(new, old: old, dualStack)) == ["Invalid message"])
    }

    @Test func coreEventsMayBeOld() throws {
        let strategy = EventStrategy(isGroup: false)
        var object = try decoded(
            #"{"metadata":{"name":"e","creationTimestamp":null},"involvedObject":{"kind":"Pod","namespace":"t","name":"p"},"reason":"R","message":" m ","source":{"component":"c","host":"h"},"firstTimestamp":"1970-01-01T00:00:00Z","lastTimestamp":"1970-01-01T00:05:00Z","count":4,"type":"Warning"}"#,
            .events)
        #expect(object["eventTime"] == .null)
        #expect(object["reportingComponent"] == "")
        #expect(strategy.validateCreate(object, dualStack).isEmpty)
        #expect(
            strategy.table.cells(object, Timestamp(microseconds: 400_000_000)) == [
                "100s", "Warning", "R", "pod/p", "", "c, h", "m", "6m40s", 4, "e",
            ])
        #expect(strategy.selectableField("involvedObject.kind", of: object) == "Pod")
        #expect(strategy.selectableField("source", of: object) == "c")
        object[path: "involvedObject", "namespace"] = "other"
        #expect(brief(strategy.validateCreate(object, dualStack)) == ["Invalid involvedObject.namespace"])
    }
}
