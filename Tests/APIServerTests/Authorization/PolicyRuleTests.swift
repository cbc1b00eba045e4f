import TestSupport
import Testing

@testable import APIServer

@Suite struct PolicyRuleTests {
    private static let all = DefaultRoles.everything

    @Test(arguments: [
        (
            DefaultRoles.rule("get list", "pods"),
            [DefaultRoles.rule("get", "pods"), DefaultRoles.rule("list", "pods")], true
        ),
        (DefaultRoles.rule("get", "pods"), [DefaultRoles.rule("get", "pods", names: "a")], false),
        (DefaultRoles.rule("get", "pods", names: "a"), [DefaultRoles.rule("get", "pods")], true),
        (DefaultRoles.rule("get", "pods", names: "a b"), [DefaultRoles.rule("get", "pods", names: "a")], false),
        (DefaultRoles.rule("get", "pods/log"), [DefaultRoles.rule("get", "*/log")], true),
        (DefaultRoles.rule("get", "pods/log"), [DefaultRoles.rule("get", "pods")], false),
        (DefaultRoles.rule("*", "pods"), [DefaultRoles.rule("get list", "pods")], false),
        (DefaultRoles.rule("get", "pods", in: "core apps"), [DefaultRoles.rule("get", "pods")], false),
        (DefaultRoles.rule("get", "pods", in: "core apps"), [DefaultRoles.rule("get", "pods", in: "*")], true),
        (DefaultRoles.paths("/a/b"), [DefaultRoles.paths("/a/*")], true),
        (DefaultRoles.paths("/a/*"), [DefaultRoles.paths("/a/b")], false),
        (DefaultRoles.paths("/a/*"), [DefaultRoles.paths("/*")], true),
    ])
    func covering(_ wanted: PolicyRule, _ owned: [PolicyRule], _ isCovered: Bool) {
        #expect(PolicyRule.uncovered([wanted], by: owned).isEmpty == isCovered)
        #expect(PolicyRule.uncovered([wanted], by: Self.all).isEmpty)
    }

    @Test func whatIsMissingIsTold() {
        let missing = PolicyRule.uncovered(
            [DefaultRoles.rule("get list watch", "pods services")], by: [DefaultRoles.rule("get", "*")])
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
        let names = DefaultRoles.roles.map { "\($0.namespace)/\($0.name)" }
        #expect(Set(names).count == names.count)
        for binding in DefaultRoles.bindings { #expect(names.contains("\(binding.namespace)/\(binding.role)")) }
        for role in DefaultRoles.roles {
            let object = role.json
            #expect(
                role.definition.strategy.validateCreate(object, dualStack).isEmpty, "\(role.name): \(object.written)")
            #expect(role.completed(object) == nil)
        }
    }
}
