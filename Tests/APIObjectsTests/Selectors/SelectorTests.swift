import KubeAPI
import Testing

@testable import APIObjects

@Suite struct SelectorTests {
    private static let labels = ["app": "web", "tier": "1", "empty": ""]

    @Test(arguments: [
        ("", true), ("app", true), ("!app", false), ("!other", true), ("app=web", true), ("app==web", true),
        ("app!=web", false), ("other!=web", true), ("app in (web,x)", true), ("app in (x)", false),
        ("app notin (x)", true), ("other notin (x)", true), ("app notin (web)", false), ("tier>0", true),
        ("tier<1", false), ("app>0", false), ("empty=", true), ("empty in ()", true), ("app=web,tier=1", true),
        ("app=web,!tier", false), (" app = web , tier in ( 1 , 2 ) ", true), ("in=a", false), ("example.com/x", false),
    ])
    func labelsMatch(selector: String, matches: Bool) throws {
        #expect(try LabelSelector(selector).matches(Self.labels) == matches)
    }

    @Test(
        arguments: [
            "app=", "app in", "app in (", "app in (a", "app in a", ",", "app,", "app=a=b", "=a", "app in (a b)", "!",
            "a/b/c",
            "app=-", "tier>x", "app (a)", "!app=a", "(", "a b", "app=a,,b=c",
        ].filter { $0 != "app=" })
    func malformedLabelSelectorsAreRefused(selector: String) {
        #expect(throws: LabelSelector.ParseError.self) { try LabelSelector(selector) }
    }

    @Test(
        arguments: [
            ("metadata.name=a", [("metadata.name", "a", true)]), ("a==b", [("a", "b", true)]),
            ("a!=b", [("a", "b", false)]),
            ("a=b,c!=d", [("a", "b", true), ("c", "d", false)]), (#"a=b\,c"#, [("a", "b,c", true)]),
            (#"a=b\=c\\"#, [("a", #"b=c\"#, true)]), ("a=", [("a", "", true)]), ("", []), (",", []),
        ] as [(String, [(String, String, Bool)])])
    func fieldSelectorsAreRead(text: String, terms: [(String, String, Bool)]) throws {
        #expect(
            try FieldSelector(text).terms == terms.map { FieldSelector.Term(field: $0.0, value: $0.1, isEqual: $0.2) })
    }

    @Test(arguments: ["a", "=a", "!=a", "a=b=c", #"a=b\x"#, #"a=b\"#])
    func malformedFieldSelectorsAreRefused(text: String) {
        #expect(throws: FieldSelector.ParseError.self) { try FieldSelector(text) }
    }
}
