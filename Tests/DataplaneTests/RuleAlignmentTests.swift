import Dataplane
import Testing

@Suite struct RuleAlignmentTests {
    private static func describe(_ found: String, _ wanted: String) -> [String] {
        let (left, right) = (Array(found), Array(wanted))
        return RuleAlignment.steps(from: left, to: right).compactMap {
            switch $0 {
            case .kept: nil
            case .extra(let index): "+\(left[index])"
            case .missing(let index): "-\(right[index])"
            }
        }
    }

    @Test(arguments: [
        ("abc", "abc", []), ("bc", "abc", ["-a"]), ("ab", "abc", ["-c"]), ("ac", "abc", ["-b"]),
        ("xabc", "abc", ["+x"]), ("abxc", "abc", ["+x"]), ("axc", "abc", ["+x", "-b"]), ("", "ab", ["-a", "-b"]),
        ("ba", "ab", ["+b", "-b"]),
    ])
    func steps(found: String, wanted: String, differences: [String]) {
        #expect(Self.describe(found, wanted) == differences)
    }

    @Test("Rules that stay are named by both of their places")
    func places() {
        #expect(
            RuleAlignment.steps(from: ["x", "a", "b"], to: ["a", "b"]) == [.extra(0), .kept(1, 0), .kept(2, 1)])
    }
}
