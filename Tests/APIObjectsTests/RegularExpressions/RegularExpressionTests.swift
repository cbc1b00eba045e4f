import Testing

@testable import APIObjects

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("", ["", "a"], []),
        ("abc", ["xabcx"], ["abx", ""]),
        ("^a.c$", ["abc", "a-c"], ["abcd", "a\nc", "xabc"]),
        ("^(a+)+$", ["a", "aaaa"], ["", "aab"]),
        ("a|b|", ["", "c"], []),
        ("^(?:cat|dog)s?$", ["cat", "dogs"], ["cats!", "do"]),
        ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", ["a", "a-b", "0"], ["-a", "a-", "A", ""]),
        ("^[^a-c]+$", ["xyz"], ["xay", ""]),
        ("^[]a]$", ["]", "a"], ["b"]),
        ("^[a-]$", ["a", "-"], ["b"]),
        ("^[[:alpha:]_][[:^digit:]]*$", ["_x", "aé"], ["1", "a1"]),
        (#"^\d{2,3}$"#, ["12", "123"], ["1", "1234", "٣٣"]),
        (#"^x{2}$"#, ["xx"], ["x", "xxx"]),
        (#"^x{2,}$"#, ["xx", "xxxx"], ["x"]),
        (#"^x{,2}$"#, ["x{,2}"], ["x"]),
        (#"^\w+\s\S\W$"#, ["ab_1 x!"], ["ab  x!", "ab xx"]),
        (#"\bfoo\b"#, ["a foo b", "foo"], ["food", "afoo"]),
        (#"o\B"#, ["food"], ["fo"]),
        (#"^\Qa.b\E+$"#, ["a.b", "a.bb"], ["axb", "a.b+"]),
        (#"^\x41\x{1F600}\101\n\.\/$"#, ["A😀A\n./"], ["A😀A\n.x"]),
        (#"^\p{Lu}\pL\P{Nd}\p{^Nd}$"#, ["Äöxy"], ["äöxy", "Äö1y", "Äöx1"]),
        ("^(?i)straße(?-i)x$", ["STRAßEx", "straßex"], ["STRAßEX"]),
        ("^(?i:ab)c$", ["ABc"], ["ABC"]),
        ("(?m)^b$", ["a\nb\nc"], ["ab"]),
        ("(?s)^a.b$", ["a\nb"], ["ab"]),
        (#"\Ab\z"#, ["b"], ["b\n", "ab"]),
        ("^(?P<year>[0-9]{4})-(?<month>[0-9]{2})$", ["2026-01"], ["26-01"]),
        ("^a*?b+?c??$", ["b", "aabbc"], ["ac"]),
        (#"^(([0-9]{1,3}\.){3}[0-9]{1,3})$"#, ["10.0.0.1"], ["10.0.0", "10.0.0.1.2"]),
    ])
    func finds(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(expression.isFound(in: text) == true, "\(pattern) \(text)") }
        for text in others { #expect(expression.isFound(in: text) == false, "\(pattern) \(text)") }
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[a", "[z-a]", "[[:no:]]", "*", "a**", "a{2}{3}", "a{1001}", "a{3,2}", "(?=a)", "(?!a)",
        "(?<=a)", "(?<!a)", "(?x)a", #"\8"#, #"\1"#, #"\p{Klingon}"#, #"a\"#, #"\q"#, #"\x{110000}"#, "(?P<n",
        "(a{1000}){1000}",
        String(repeating: "(", count: 100_000),
    ])
    func refuses(_ pattern: String) {
        #expect(throws: RegularExpression.Problem.self) { try RegularExpression(pattern) }
    }

    /// An engine that tries one way after the other needs 2^n steps for n letters.
    @Test(arguments: ["(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "(.*a){12}$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func takesTimeThatGrowsWithTheTextAlone(_ pattern: String) throws {
        let text = String(repeating: "a", count: 10_000) + "!"
        #expect(try RegularExpression(pattern).isFound(in: text) == false)
    }

    @Test("Repeated emptiness costs nothing, however deep")
    func emptiness() throws {
        let expression = try RegularExpression("^((((){1000}){1000}){1000}){1000}(a{0}){1000}$")
        #expect(expression.isFound(in: "") == true)
        #expect(expression.isFound(in: "a") == false)
    }

    /// Many places in the expression that are all alive at once.
    @Test func givesUpBeforeItTakesTooLong() throws {
        let expression = try RegularExpression("(a{0,400}){10}b")
        #expect(expression.isFound(in: String(repeating: "a", count: 1000), steps: 200_000) == nil)
        #expect(expression.isFound(in: "ab", steps: 200_000) == true)
    }
}
