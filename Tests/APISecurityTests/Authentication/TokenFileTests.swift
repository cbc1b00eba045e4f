import TestSupport
import Testing

@testable import APISecurity

@Suite struct TokenFileTests {
    @Test(arguments: [
        ("t,u,1", "t", "u", "1", []),
        ("t,u,1,g", "t", "u", "1", ["g"]),
        ("t,u,,\"a,b\"", "t", "u", "", ["a", "b"]),
        ("\n\nt,u,1,\"a,b\",more\r\n", "t", "u", "1", ["a", "b"]),
        ("\"t,\"\"x\",u,1", "t,\"x", "u", "1", []),
        ("t,\"u\nv\",1", "t", "u\nv", "1", []),
    ])
    func records(_ text: String, _ token: String, _ user: String, _ uid: String, _ groups: [String]) throws {
        let file = try TokenFile(parsing: Array(text.utf8))
        #expect(file.users == [token: UserInfo(name: user, uid: uid, groups: groups)])
    }

    @Test(arguments: [
        ("t,u", "line 1: must have at least 3 columns (token, user name, user uid), found 2"),
        ("a,b,c\n,u,1", "line 2: the token is empty"),
        ("t,,1", "line 1: the user name is empty"),
        ("t,u,1\nt,v,2", "line 2: the token of an earlier line again"),
        ("t,\"u,1", "line 1: the closing quote is missing"),
        ("t,u\"x,1", "line 1: a quote stands within a field that does not begin with one"),
        ("t,\"u\"x,1", "line 1: a comma must follow the closing quote"),
    ])
    func problems(_ text: String, _ problem: String) {
        do throws(TokenFile.Problem) {
            _ = try TokenFile(parsing: Array(text.utf8))
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.description == problem)
        }
    }

    @Test func anyInput() {
        var random = SeededGenerator(seed: 21)
        let letters = Array("ab,\"\n\r é\\".utf8)
        var (taken, refused) = (0, 0)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                random.oneIn(20)
                    ? UInt8.random(in: 0...255, using: &random) : letters.randomElement(using: &random) ?? 0
            }
            if let file = try? TokenFile(parsing: bytes) {
                taken += 1
                #expect(file.users.allSatisfy { !$0.key.isEmpty && !$0.value.name.isEmpty })
            } else {
                refused += 1
            }
        }
        #expect(taken > 100 && refused > 100, "\(taken) \(refused)")
    }

    @Test(
        arguments: [
            ("Bearer abc", "abc"), ("bearer abc", "abc"), ("BEARER  abc  def", "abc"), ("Basic abc", nil),
            ("Bearer", nil),
            ("Bearer ", nil), ("", nil), ("abc", nil), (" Bearer abc", "abc"),
        ] as [(String, String?)])
    func headers(_ header: String, _ token: String?) { #expect(BearerToken.parse(header) == token) }

    @Test(arguments: [
        ("127.0.0.1:8001", true), ("localhost", true), ("localhost:1", true), ("[::1]:8001", true), ("127.9.9.9", true),
        ("evil.example:8001", false), ("localhost.evil.example", false), ("10.0.0.1", false), ("", false), ("[", false),
    ])
    func loopbackNames(_ host: String, _ isLoopback: Bool) { #expect(Authenticator.isLoopback(host) == isLoopback) }

    @Test func secretsAreFoundByTheirWholeText() {
        var table = SecretTable<Int>()
        table["secret"] = 1
        #expect(table["secret"] == 1)
        #expect(table["secre"] == nil)
        #expect(table["secret1"] == nil)
        #expect(table[""] == nil)
    }
}
