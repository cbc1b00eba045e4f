import KubeClient
import Testing

struct ServerAddressTests {
    @Test(arguments: [
        ("https://10.0.0.1:6443", "https://10.0.0.1:6443"), ("https://host", "https://host:443"),
        ("http://host/", "http://host:80"), ("HTTPS://Host:1/a/b/", "https://Host:1/a/b"),
        ("https://[::1]:6443", "https://[::1]:6443"), ("https://[fd00::1]/p", "https://[fd00::1]:443/p"),
        ("host:8080", "http://host:8080"), ("[::1]:8080", "http://[::1]:8080"), ("10.0.0.1", "http://10.0.0.1:80"),
    ])
    func good(_ text: String, _ expected: String) throws {
        #expect(try ServerAddress(text, place: "p").description == expected)
    }

    @Test func theDefaultSchemeIsTheCallers() throws {
        #expect(try ServerAddress("h", isSecureByDefault: true, place: "p").description == "https://h:443")
        #expect(try ServerAddress("http://h", isSecureByDefault: true, place: "p").description == "http://h:80")
    }

    @Test(arguments: [
        ("ftp://h", "the scheme \"ftp\" is neither http nor https"), ("https://", "it names no host"),
        ("https://:6443", "it names no host"), ("https://h:0", "\"0\" is no port"), ("https://h:", "\"\" is no port"),
        ("https://h:65536", "\"65536\" is no port"), ("https://h:a", "\"a\" is no port"),
        ("https://::1:6443", "an IPv6 address needs brackets, as in [::1]"),
        ("https://[::1", "the bracket is not closed"), ("https://[h]", "no IPv6 address is in the brackets"),
        ("https://[10.0.0.1]", "no IPv6 address is in the brackets"),
        ("https://[::1]6443", "a port must follow the bracket"),
        ("https://u:p@h", "user names belong into the users section"), ("https://h?x", "it has a query or a fragment"),
        ("https://h#x", "it has a query or a fragment"), ("https://a b", "\"a b\" is no host name"),
        ("https://h/a b", "its path holds white space or characters outside of ASCII"), ("", "it names no host"),
    ])
    func bad(_ text: String, _ problem: String) {
        #expect(
            throws: ConfigurationError(
                "p", "\"\(text)\" is no server URL: \(problem); write one like https://10.0.0.1:6443")
        ) {
            try ServerAddress(text, place: "p")
        }
    }
}
