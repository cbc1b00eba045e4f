import APITesting
import JSONStream
import Testing

@testable import APIResources

@Suite struct LimitRangeTests {
    private static let limits: [(limit: String, causes: [String])] = [
        (#"{"type":"Container","max":{"cpu":"2"},"min":{"cpu":"500m"},"default":{"cpu":"1"}}"#, []),
        (
            #"{"type":"Container","max":{"cpu":"1"},"min":{"cpu":"2"}}"#,
            [
                "Invalid min[cpu]", "Invalid defaultRequest[cpu]", "Invalid default[cpu]",
            ]
        ),
        (#"{"type":"Container","default":{"cpu":"1"},"defaultRequest":{"cpu":"2"}}"#, ["Invalid defaultRequest[cpu]"]),
        (#"{"type":"Container","maxLimitRequestRatio":{"cpu":"0.5"}}"#, ["Invalid maxLimitRequestRatio[cpu]"]),
        (#"{"type":"Pod","default":{"cpu":"1"},"max":{"a b":"1"}}"#, ["Invalid max[a b]", "Forbidden default"]),
        (#"{"type":"PersistentVolumeClaim","max":{"cpu":"1"}}"#, ["Required limits"]),
        (#"{"type":"PersistentVolumeClaim","max":{"storage":"1Gi"}}"#, []),
        (#"{"type":"Thing"}"#, ["Invalid type"]), (#"{"type":"example.com/thing"}"#, []),
    ]

    @Test(arguments: limits) func contradictions(limit: String, causes: [String]) throws {
        let range = try decoded(#"{"spec":{"limits":[\#(limit)]}}"#, .limitRanges)
        #expect(
            brief(LimitRangeRules.validate(range))
                == causes.map { $0.replacing(" ", with: " spec.limits[0].", maxReplacements: 1) })
    }

    @Test func typesThatStandTwice() throws {
        let range = try decoded(#"{"spec":{"limits":[{"type":"Pod"},{"type":"Pod"}]}}"#, .limitRanges)
        #expect(brief(LimitRangeRules.validate(range)) == ["Duplicate spec.limits[1].type"])
    }
}
