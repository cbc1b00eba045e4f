import Foundation
import NIOHTTP1
import NIOSSL
import Testing

@testable import KubeClient

/// With real programs: shell scripts.
struct ExecPluginTests {
    private struct World {
        let directory: String

        init(_ script: String) throws {
            directory = try TemporaryDirectory.make()
            try TemporaryDirectory.write("#!/bin/sh\n\(script)\n", "\(directory)/plugin")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: "\(directory)/plugin")
        }

        var plugin: ExecPlugin {
            ExecPlugin(
                apiVersion: "client.authentication.k8s.io/v1", command: "\(directory)/plugin",
                arguments: ["an", "argument"],
                environment: [.init(name: "GREETING", value: "hello")], installHint: "ask\nsomebody", place: "f: exec")
        }

        func remove() { try? FileManager.default.removeItem(atPath: directory) }
    }

    private static let head = #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":"#

    @Test func aTokenIsUsedAndRefreshedWhenTheServerRefusesIt() async throws {
        // Each run gives another token; the server takes the second.
        let world = try World(
            """
            echo "$@ $GREETING $KUBERNETES_EXEC_INFO" >> "$(dirname "$0")/runs"
            echo '\(Self.head){"token":"t'$(wc -l < "$(dirname "$0")/runs" | tr -d ' ')'"}}'
            """)
        defer { world.remove() }
        let seen = try await FakeServer.run { request, responder in
            let isGood = request.headers.first(name: "Authorization") == "Bearer t2"
            try await responder.reply(Widget.json("a", 7, size: "3"), status: isGood ? 200 : 401)
        } _: { server in
            var configuration = try KubeClientTests.plain(server.port)
            configuration.credential = .exec(world.plugin)
            try await KubeClientTests.withClient(configuration) { client in
                for _ in 0..<3 { _ = try await client.send(APIRequest(.get, "/version")) }
            }
            return server.requests.map { $0.headers.first(name: "Authorization") ?? "" }
        }
        #expect(seen == ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t2"])
        let runs = try String(contentsOfFile: "\(world.directory)/runs", encoding: .utf8).split(separator: "\n")
        #expect(runs.count == 2)
        #expect(
            runs.first.map(String.init)
                == #"an argument hello {"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","#
                + #""spec":{"interactive":false}}"#
        )
    }

    @Test(.enabled(if: TestCertificates.openssl != nil, "needs the openssl command"))
    func aClientCertificateOfAPluginIsShown() async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        let world = try World(
            """
            cd '\(certificates.directory)'
            pem() { awk '{printf "%s\\\\n", $0}' "$1"; }
            printf '%s\\n' '\(Self.head){"clientCertificateData":"'"$(pem client.crt)"'","clientKeyData":"'"$(pem client.key)"'"}}'
            """)
        defer { world.remove() }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("server.crt")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("server.key"), format: .pem)))
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .file(certificates.path("ca.crt"))
        let authority = try certificates.pem("ca.crt")
        try await FakeServer.run(tls: tls) { _, responder in
            try await responder.reply("{}")
        } _: { server in
            var configuration = ClientConfiguration(
                server: try ServerAddress("https://127.0.0.1:\(server.port)", place: "test"))
            configuration.certificateAuthorities = authority
            configuration.credential = .exec(world.plugin)
            let count = try await KubeClientTests.withClient(configuration) { client in
                try await client.send(APIRequest(.get, "/version")).count
            }
            #expect(count == 2)
        }
    }

    @Test(arguments: [
        ("echo no luck >&2; exit 3", "ended with status 3: no luck"), ("kill -9 $$", "ended with signal 9"),
        ("echo hello", "did not print an ExecCredential object in JSON"),
        ("exit 0", "did not print an ExecCredential object in JSON"),
        ("yes | head -c 1100000", "printed more than 1 MiB"),
    ])
    func programsThatFail(script: String, problem: String) async throws {
        let world = try World(script)
        defer { world.remove() }
        var configuration = try KubeClientTests.plain(1)
        configuration.credential = .exec(world.plugin)
        let said = try await KubeClientTests.withClient(configuration) { client in
            do throws(APIError) {
                _ = try await client.send(APIRequest(.get, "/version"))
                return ""
            } catch {
                return error.description
            }
        }
        #expect(
            said == "GET http://127.0.0.1:1/version: f: exec: the credential plugin "
                + "\"\(world.directory)/plugin\" \(problem)")
    }

    @Test func aProgramThatIsNotThereComesWithTheHint() async throws {
        let world = try World("exit 0")
        defer { world.remove() }
        for command in ["no-such-plugin-anywhere", "\(world.directory)/missing"] {
            var plugin = world.plugin
            plugin.command = command
            let error = await #expect(throws: ExecPluginError.self) {
                try await PluginProcess.run(plugin, request: "{}")
            }
            #expect(error?.description.hasSuffix("; ask somebody") == true, "\(String(describing: error))")
        }
    }

    /// A daemon that a plugin leaves behind holds its output open.
    @Test func whatAPluginLeavesBehindIsNotWaitedFor() async throws {
        let world = try World("sleep 30 & echo '\(Self.head){\"token\":\"t\"}}'")
        defer { world.remove() }
        let output = try await PluginProcess.run(world.plugin, request: "{}")
        #expect(try ExecCredential(parsing: output, of: world.plugin).token == "t")
    }
}
