import Foundation
import KubeClient
import TestSupport
import Testing

struct KubeconfigTests {
    /// A config whose only cluster and user are given as YAML.
    private static func file(cluster: String = "{server: 'https://h:6443'}", user: String = "{}") -> String {
        """
        apiVersion: v1
        kind: Config
        preferences: {}
        current-context: c
        contexts:
        - name: c
          context: {cluster: k, user: u}
        clusters: [{name: k, cluster: \(cluster)}]
        users: [{name: u, user: \(user)}]
        """
    }

    private static func load(
        _ text: String, context: String? = nil, master: String? = nil
    ) throws(ConfigurationError) -> ClientConfiguration {
        try Kubeconfig(parsing: Array(text.utf8), path: "/dir/f").configuration(context: context, master: master)
    }

    @Test func aTokenAndAServer() throws {
        let configuration = try Self.load(Self.file(user: "{token: abc}"))
        #expect(configuration.server.description == "https://h:6443")
        #expect(configuration.credential == .token("abc"))
        #expect(configuration.certificateAuthorities == nil)
        #expect(configuration.clientCertificate == nil)
        #expect(!configuration.skipsServerVerification)
        #expect(configuration.namespace.isEmpty)
    }

    @Test("Further servers are in an extension, which other clients look past, or behind commas; each counts once")
    func severalServers() throws {
        let cluster = """
            {server: 'https://h:6443', extensions: [{name: somebody.io, extension: {servers: 7}},
            {name: viaduct, extension: {servers: ['https://i:6443', 'https://h:6443', 'https://j']}}]}
            """
        let all = try Self.load(Self.file(cluster: cluster))
        #expect(all.servers.map(\.description) == ["https://h:6443", "https://i:6443", "https://j:443"])
        let commas = try Self.load(Self.file(cluster: "{server: 'https://h:6443, https://i:6443,https://h:6443'}"))
        #expect(commas.servers.map(\.description) == ["https://h:6443", "https://i:6443"])
        let master = try Self.load(Self.file(cluster: cluster), master: "https://a,https://b")
        #expect(master.servers.map(\.description) == ["https://a:443", "https://b:443"])
        for (text, place) in [
            ("{server: 'https://h', extensions: [{name: viaduct, extension: {servers: [{}]}}]}", "servers[0]"),
            ("{server: 'https://h', extensions: [{name: viaduct, extension: {servers: ['ftp://h']}}]}", "servers[0]"),
            ("{server: 'https://h,'}", "server"),
        ] {
            do throws(ConfigurationError) {
                _ = try Self.load(Self.file(cluster: text))
                Issue.record("\(text) was taken")
            } catch {
                #expect(error.description.contains(place))
            }
        }
    }

    @Test func otherFields() throws {
        let configuration = try Self.load(
            Self.file(
                cluster: "{server: 'https://[::1]:6443/p/', insecure-skip-tls-verify: true, tls-server-name: n}",
                user: "{username: u, password: 'a b'}"))
        #expect(configuration.server.description == "https://[::1]:6443/p")
        #expect(configuration.skipsServerVerification)
        #expect(configuration.tlsServerName == "n")
        #expect(configuration.credential == .basic(username: "u", password: "a b"))
    }

    @Test func credentialPlugins() throws {
        let plugin = try Self.load(
            Self.file(
                user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/get, args: [-x, 7], "
                    + "env: [{name: A, value: b}], installHint: get it, provideClusterInfo: true, "
                    + "interactiveMode: IfAvailable}}"))
        #expect(
            plugin.credential
                == .exec(
                    ExecPlugin(
                        apiVersion: "client.authentication.k8s.io/v1", command: "/dir/./bin/get",
                        arguments: ["-x", "7"], environment: [.init(name: "A", value: "b")], installHint: "get it",
                        providesClusterInfo: true, place: "/dir/f: users[\"u\"].exec")))
        // In PATH, and without the field that v1 asks for.
        let old = try Self.load(
            Self.file(user: "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: get, args: null}}"))
        guard case .exec(let plugin) = old.credential else {
            Issue.record("\(String(describing: old.credential))")
            return
        }
        #expect(plugin.command == "get" && plugin.arguments.isEmpty)
        // As client-go: a token that is there already counts.
        let token = "{token: t, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: get}}"
        #expect(try Self.load(Self.file(user: token)).credential == .token("t"))
    }

    @Test func jsonWithTabs() throws {
        let text = """
            {\t"kind": "Config", "current-context": "c",
            \t"contexts": [{"name": "c", "context": {"cluster": "k", "user": "u", "namespace": "n"}}],
            \t"clusters": [{"name": "k", "cluster": {"server": "http://h", "insecure-skip-tls-verify": false}}],
            \t"users": [{"name": "u", "user": {"token": "t", "exec": null}}]}
            """
        let configuration = try Self.load(text)
        #expect(configuration.server.description == "http://h:80")
        #expect(configuration.credential == .token("t"))
        #expect(configuration.namespace == "n")
    }

    @Test func anotherContextAndAMaster() throws {
        let text = """
            contexts:
            - {name: one, context: {cluster: a}}
            - {name: two, context: {cluster: b, user: u}}
            clusters:
            - {name: a, cluster: {server: "http://a"}}
            - {name: b, cluster: {server: "http://b"}}
            users: [{name: u, user: {token: t}}]
            current-context: one
            """
        #expect(try Self.load(text).server.host == "a")
        #expect(try Self.load(text).credential == nil)
        #expect(try Self.load(text, context: "two").server.host == "b")
        let overridden = try Self.load(text, context: "two", master: "10.0.0.1:8080")
        #expect(overridden.server.description == "http://10.0.0.1:8080")
        #expect(overridden.credential == .token("t"))
        #expect(try Self.load("", master: "https://m").server.description == "https://m:443")
    }

    @Test func aTokenFileWinsAndIsRelativeToTheFile() throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try TemporaryDirectory.write("abc\n", directory + "/token")
        let text = Self.file(user: "{tokenFile: token, token: other}")
        let path = directory + "/config"
        try TemporaryDirectory.write(text, path)
        #expect(try Kubeconfig(path: path).configuration().credential == .tokenFile(directory + "/token"))
        try TemporaryDirectory.write(" \n", directory + "/token")
        #expect(
            throws: ConfigurationError(
                "\(path): users[\"u\"].tokenFile", "the token file \(directory)/token is empty")
        ) {
            try Kubeconfig(path: path).configuration()
        }
    }

    @Test(arguments: [
        (
            "{exec: {command: aws}}",
            "exec.apiVersion: it must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1"
        ),
        (
            "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}}",
            "exec.apiVersion: it must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1"
        ),
        (
            "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}",
            "exec.command: the field is missing; name the program"
        ),
        (
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}",
            "exec.interactiveMode: the field is missing; write Never or IfAvailable"
        ),
        (
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Always}}",
            "exec.interactiveMode: nobody can be asked here; write Never or IfAvailable"
        ),
        (
            "{auth-provider: {name: gcp}}",
            "auth-provider: it is not supported; use a token, a tokenFile, a client certificate or an exec plugin"
        ),
        ("{as: root}", "as: impersonation is not supported; use the credentials of that user"),
        ("{as-groups: [g]}", "as-groups: impersonation is not supported; use the credentials of that user"),
        ("{token: [a]}", "token: expected a text, found a list"),
        ("{token: 'a b'}", "token: it holds white space or characters outside of ASCII"),
        ("{tokenFile: t}", "tokenFile: cannot read the token file /dir/t: No such file or directory"),
        ("{username: u}", "password: the field is missing, but there is a username"),
        ("{client-key: k.pem}", "client-key: cannot read /dir/k.pem: No such file or directory"),
        ("{client-key-data: YQ==}", "client-certificate: the field is missing, but there is a client-key"),
        ("{client-certificate-data: YQ==}", "client-key: the field is missing, but there is a client-certificate"),
        ("{client-certificate-data: '%'}", "client-certificate-data: it is not base 64"),
        (
            "{client-certificate-data: YQ==, client-key-data: YQ==}",
            "client-certificate: the client certificate holds no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")"
        ),
    ])
    func badUsers(_ user: String, _ problem: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.load(Self.file(user: user)) }
        #expect(error?.description == "/dir/f: users[\"u\"].\(problem)")
    }

    @Test(arguments: [
        ("{}", "server: the field is missing; write one like https://10.0.0.1:6443"),
        (
            "{server: 'ftp://h'}",
            "server: \"ftp://h\" is no server URL: the scheme \"ftp\" is neither http nor https; "
                + "write one like https://10.0.0.1:6443"
        ),
        (
            "{server: 'https://h', proxy-url: 'http://p'}",
            "proxy-url: proxies are not supported; name a server that is reachable directly"
        ),
        (
            "{server: 'https://h', insecure-skip-tls-verify: 1}",
            "insecure-skip-tls-verify: expected true or false, found \"1\""
        ),
        (
            "{server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: YQ==}",
            "insecure-skip-tls-verify: it contradicts the certificate-authority; remove one of the two"
        ),
        (
            "{server: 'https://h', certificate-authority: ../ca}",
            "certificate-authority: cannot read /dir/../ca: No such file or directory"
        ),
        (
            "{server: 'https://h', certificate-authority-data: YQ==}",
            "certificate-authority: the certificate authority holds no certificate in PEM "
                + "(\"-----BEGIN CERTIFICATE-----\")"
        ),
    ])
    func badClusters(_ cluster: String, _ problem: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.load(Self.file(cluster: cluster)) }
        #expect(error?.description == "/dir/f: clusters[\"k\"].\(problem)")
    }

    @Test(arguments: [
        ("", "current-context: the field is missing; run kubectl config use-context NAME"),
        ("kind: Pod", "kind: expected Config, found Pod: this is no kubeconfig"),
        ("- a", "expected a mapping, found a list"),
        ("current-context: x", "contexts: there is no \"x\", which current-context names; the list is empty"),
        ("{current-context: x, contexts: {}}", "contexts: expected a list, found a mapping"),
        (
            "{current-context: x, contexts: [{name: a}, {name: b}]}",
            "contexts: there is no \"x\", which current-context names; it has \"a\", \"b\""
        ),
        ("{current-context: x, contexts: [{}]}", "contexts[0].name: the field is missing"),
        ("{current-context: x, contexts: [7]}", "contexts[0]: expected a mapping, found a single value"),
        (
            "{current-context: x, contexts: [{name: x}]}",
            "contexts[\"x\"].cluster: the field is missing; name one of the clusters"
        ),
        (
            "{current-context: x, contexts: [{name: x, context: {cluster: k}}]}",
            "clusters: there is no \"k\", which contexts[\"x\"] names; the list is empty"
        ),
        (
            "{current-context: x, contexts: [{name: x, context: {cluster: k, user: u}}], clusters: [{name: k}]}",
            "users: there is no \"u\", which contexts[\"x\"] names; the list is empty"
        ),
    ])
    func badFiles(_ text: String, _ problem: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.load(text) }
        #expect(error?.description == "/dir/f: \(problem)")
    }

    @Test func textThatIsNeitherYAMLNorJSON() {
        let error = #expect(throws: ConfigurationError.self) { try Self.load("a: [b\nc: d") }
        #expect(error?.description.hasPrefix("/dir/f: neither YAML nor JSON: ") == true)
        #expect(error?.description.contains("\n") == false)
        #expect(throws: ConfigurationError("/dir/f", "the file is not UTF-8 text")) {
            try Kubeconfig(parsing: [0xFF, 0xFE], path: "/dir/f")
        }
    }

    @Test func aFileThatIsNotThere() {
        #expect(throws: ConfigurationError("/no/such", "cannot read the kubeconfig: No such file or directory")) {
            try Kubeconfig(path: "/no/such")
        }
        #expect(throws: ConfigurationError("/", "cannot read the kubeconfig: Is a directory")) {
            try Kubeconfig(path: "/")
        }
    }

    @Test func randomTextNeverCrashes() {
        var random = SeededGenerator(seed: 5)
        let base = Array(Self.file(user: "{token: abc, exec: null}").utf8)
        let noise = Array("{}[]:,-&*!|>'\"%@` \n\t#a0\u{0}".utf8) + [0xFF]
        for _ in 0..<2000 {
            var bytes = base
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = noise.randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: index)
                default: bytes.insert(noise.randomElement(using: &random) ?? 0, at: index)
                }
            }
            let result = Result { try Kubeconfig(parsing: bytes, path: "f").configuration() }
            if case .failure(let error) = result { #expect(error is ConfigurationError) }
        }
    }
}
