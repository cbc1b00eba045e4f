import Foundation
import Testing

@testable import KubeClient

struct TokenFileTests {
    @Test func theFileIsReadAgainOnceItIsOld() throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/token"
        try TemporaryDirectory.write("one", path)
        let cached = try TokenFile(path: path)
        let fresh = try TokenFile(path: path, maximumAge: .zero)
        try TemporaryDirectory.write(" two\n", path)
        #expect(cached.token() == "one")
        #expect(fresh.token() == "two")
        #expect(cached.token(insteadOf: "one") == "two")
        #expect(cached.token(insteadOf: "two") == nil)
        try TemporaryDirectory.write("", path)
        #expect(fresh.token() == "two")
    }

    @Test func moreThanOneWordIsNoToken() throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/token"
        try TemporaryDirectory.write("a\r\nX-Header: b", path)
        #expect(throws: ConfigurationError("bearer token", "the token file \(path) holds more than one word of ASCII"))
        {
            try TokenFile(path: path)
        }
    }
}
