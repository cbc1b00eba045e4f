import APITesting
import JSONStream
import TestSupport
import Testing

@testable import APIObjects
@testable import APISecurity
@testable import KubeSchema

@Suite struct PolicyRuleTests {
    private static let all = DefaultRoles.everything

    @Test(arguments: [
        (
            Rule.rule("get list", "pods"),
            [Rule.rule("get", "pods"), Rule.rule("list", "pods")], true
        ),
        (Rule.rule("get", "pods"), [Rule.rule("get", "pods", names: "a")], false),
        (Rule.rule("get", "pods", names: "a"), [Rule.rule("get", "pods")], true),
        (Rule.rule("get", "pods", names: "a b"), [Rule.rule("get", "pods", names: "a")], false),
        (Rule.rule("get", "pods/log"), [Rule.rule("get", "*/log")], true),
        (Rule.rule("get", "pods/log"), [Rule.rule("get", "pods")], false),
        (Rule.rule("*", "pods"), [Rule.rule("get list", "pods")], false),
        (Rule.rule("get", "pods", in: "core apps"), [Rule.rule("get", "pods")], false),
        (Rule.rule("get", "pods", in: "core apps"), [Rule.rule("get", "pods", in: "*")], true),
        (Rule.paths("/a/b"), [Rule.paths("/a/*")], true),
        (Rule.paths("/a/*"), [Rule.paths("/a/b")], false),
        (Rule.paths("/a/*"), [Rule.paths("/*")], true),
    ])
    func covering(_ wanted: PolicyRule, _ owned: [PolicyRule], _ isCovered: Bool) {
        #expect(PolicyRule.uncovered([wanted], by: owned).isEmpty == isCovered)
        #expect(PolicyRule.uncovered([wanted], by: Self.all).isEmpty)
    }

    @Test func whatIsMissingIsTold() {
        let missing = PolicyRule.uncovered(
            [Rule.rule("get list watch", "pods services")], by: [Rule.rule("get", "*")])
        #expect(
            PolicyRule.compacted(missing).map(\.text) == [
                #"{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}"#,
                #"{APIGroups:[""], Resources:["services"], Verbs:["list" "watch"]}"#,
            ])
    }

    /// Who holds rules that cover others is allowed all that these allow.
    @Test func coverIsSound() {
        var random = SeededGenerator(seed: 5)
        func some(_ values: [String]) -> [String] { values.filter { _ in random.oneIn(2) } }
        func rule() -> PolicyRule {
            PolicyRule(
                verbs: some(["get", "list", "*"]), apiGroups: some(["", "apps", "*"]),
                resources: some(["pods", "pods/log", "*/log", "*"]),
                resourceNames: random.oneIn(2) ? [] : some(["a", "b"]))
        }
        var covered = 0
        for _ in 0..<4000 {
            let (owned, wanted) = ([rule(), rule()], rule())
            guard PolicyRule.uncovered([wanted], by: owned).isEmpty else { continue }
            for verb in ["get", "list", "put"] {
                for group in ["", "apps", "x"] {
                    for (resource, sub) in [("pods", ""), ("pods", "log"), ("nodes", ""), ("nodes", "log")] {
                        for name in ["", "a", "b", "c"] {
                            let request = RequestAttributes(
                                verb: verb, group: group, resource: resource, subresource: sub, name: name)
                            guard wanted.allows(request) else { continue }
                            covered += 1
                            #expect(owned.contains { $0.allows(request) }, "\(owned) \(wanted) \(request)")
                        }
                    }
                }
            }
        }
        #expect(covered > 500, "\(covered)")
    }

    @Test func defaultRolesAreWellFormed() {
        let objects = DefaultRoles.objects
        #expect(objects.count == KubeSchema.defaultRoles.count)
        let names = objects.map { "\($0.definition.kind)/\($0.namespace)/\($0.name)" }
        #expect(Set(names).count == names.count)
        for object in objects {
            if let role = object.json["roleRef"] {
                let place = role.text("kind") == "Role" ? object.namespace : ""
                #expect(names.contains("\(role.text("kind"))/\(place)/\(role.text("name"))"), "\(object.name)")
            }
            #expect(
                object.definition.strategy.validateCreate(object.json, dualStack).isEmpty,
                "\(object.name): \(object.json.written)")
            #expect(object.completed(object.json) == nil)
        }
    }
}

/// Lists are separated by spaces; the core group is `core`.
private enum Rule {
    static func rule(
        _ verbs: String, _ resources: String, in groups: String = "core", names: String = ""
    ) -> PolicyRule {
        PolicyRule(
            verbs: list(verbs), apiGroups: list(groups).map { $0 == "core" ? "" : $0 }, resources: list(resources),
            resourceNames: list(names))
    }

    static func paths(_ paths: String, _ verbs: String = "get") -> PolicyRule {
        PolicyRule(verbs: list(verbs), nonResourceURLs: list(paths))
    }

    private static func list(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
