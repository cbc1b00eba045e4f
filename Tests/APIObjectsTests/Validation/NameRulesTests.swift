import Testing

@testable import APIObjects
@testable import KubeSchema

@Suite("Names, labels and addresses")
struct NameRulesTests {
    @Test(arguments: [
        ("web", 0), ("1a", 0), ("a-b", 0), ("", 1), ("-a", 1), ("a-", 1), ("A", 1), ("a.b", 1), ("a_b", 1),
        (String(repeating: "a", count: 63), 0), (String(repeating: "a", count: 64), 1),
    ])
    func labels(value: String, problems: Int) { #expect(Names.dnsLabel(value).count == problems) }

    @Test func aSubdomainIsNoLabel() { #expect(Names.dnsLabel("a.b") == ["must not contain dots"]) }

    @Test(arguments: [
        ("a.b", 0), ("a..b", 1), (".a", 1), ("a.", 1), ("a.B", 1), (String(repeating: "a", count: 254), 1),
    ])
    func subdomains(value: String, problems: Int) { #expect(Names.dnsSubdomain(value).count == problems) }

    @Test(arguments: [
        ("name", 0), ("My.Name_1", 0), ("example.com/x", 0), ("a/b/c", 1), ("/x", 1), ("Ex.com/x", 1), ("a b", 1),
        ("example.com/", 2), ("", 2), ("-x", 1),
    ])
    func qualifiedNames(value: String, problems: Int) {
        #expect(Names.qualifiedName(value).count == problems)
    }

    @Test(arguments: [("", 0), ("v1", 0), ("-", 1), ("a b", 1), (String(repeating: "a", count: 64), 1)])
    func labelValues(value: String, problems: Int) { #expect(Names.labelValue(value).count == problems) }

    @Test(arguments: [
        ("http", 0), ("a--b", 1), ("-a", 1), ("80", 1), ("a_b", 1), ("UPPER", 2), ("", 2), ("abcdefghijklmnop", 1),
    ])
    func portNames(value: String, problems: Int) { #expect(Names.portName(value).count == problems) }

    @Test(arguments: [
        ("10.0.0.1", 0), ("0.0.0.0", 1), ("127.0.0.1", 1), ("169.254.1.1", 1), ("224.0.0.5", 1), ("224.0.1.5", 0),
        ("::1", 1), ("::", 1), ("fe80::1", 1), ("ff02::1", 1), ("fd00::1", 0),
    ])
    func endpointAddresses(value: String, problems: Int) {
        #expect(AddressValidation.nonSpecial(value, FieldPath("f")).count == problems)
    }
}
