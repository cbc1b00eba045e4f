import Testing

@testable import EtcdStore

@Suite struct EtcdEndpointTests {
    @Test(arguments: [
        ("https://10.0.0.1:2379", true, "10.0.0.1", 2379), ("http://etcd-0.etcd:4001/", false, "etcd-0.etcd", 4001),
        ("https://[fd00::1]:2379", true, "fd00::1", 2379), ("http://[::1]", false, "::1", 2379),
        ("localhost", true, "localhost", 2379), ("a:1", true, "a", 1),
    ])
    func reads(_ text: String, _ isSecure: Bool, _ host: String, _ port: Int) throws {
        let endpoint = try EtcdEndpoint(text, isSecure: true)
        #expect(endpoint.isSecure == isSecure && endpoint.host == host && endpoint.port == port)
        #expect(try EtcdEndpoint(endpoint.description, isSecure: !isSecure) == endpoint)
    }

    @Test(arguments: [
        "", "https://", "unix:///run/etcd", "https://a:0", "https://a:65536", "https://a:", "https://a:b", "fd00::1",
        "https://[fd00::1", "https://[fd00::1]2379", "https://[a]:1", "https://a b:1", "https://a:+1", "https://a/b",
        "https://[::1]:", "http://a:99999999999999999999",
    ])
    func refuses(_ text: String) {
        #expect(throws: EtcdEndpoint.Invalid.self) { try EtcdEndpoint(text, isSecure: true) }
    }

    @Test("Without a scheme the caller's is meant")
    func scheme() throws {
        #expect(try EtcdEndpoint("a:1", isSecure: false).description == "http://a:1")
    }
}
