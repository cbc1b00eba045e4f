import ContainerRuntime
import JSONStream
import Testing

@testable import NodeAgent

@Suite struct RegistryLoginsTests {
    private static func secret(_ key: String, _ json: JSONValue) -> KeyedData {
        var data = KeyedData()
        data.values[key] = json.serialized()
        return data
    }

    private static let auths: JSONValue = [
        "registry.example:5000": ["username": "ann", "password": "one"],

        "https://index.docker.io/v1/": ["auth": "YTpi"],
        "other.example": ["identitytoken": "t"],
    ]

    @Test("A login is given to its own registry and to no other")
    func registries() {
        let secret = Self.secret(".dockerconfigjson", ["auths": Self.auths])
        let found = RegistryLogins.find(secret, "registry.example:5000/team/app:1")
        #expect(found.map(\.username) == ["ann"])
        #expect(found.map(\.server) == ["registry.example:5000"])
        #expect(RegistryLogins.find(secret, "busybox").map(\.auth) == ["YTpi"])
        #expect(RegistryLogins.find(secret, "team/app").map(\.auth) == ["YTpi"])
        #expect(RegistryLogins.find(secret, "other.example/app").map(\.identityToken) == ["t"])
        #expect(RegistryLogins.find(secret, "elsewhere.example/app").isEmpty)
        #expect(RegistryLogins.find(secret, "registry.example/app").isEmpty)
    }

    @Test("The older form of such Secrets is read, and damaged ones give nothing")
    func forms() {
        #expect(RegistryLogins.find(Self.secret(".dockercfg", Self.auths), "other.example/a").count == 1)
        for json in ["text", 1, [], ["auths": "x"], ["auths": ["other.example": "x"]]] as [JSONValue] {
            let found = RegistryLogins.find(Self.secret(".dockerconfigjson", json), "other.example/a")
            #expect(found.allSatisfy { $0.username.isEmpty && $0.auth.isEmpty })
        }
    }
}
