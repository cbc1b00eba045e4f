import KubeAPI
import Logging
import NIOSSL
import Synchronization
import Testing

@testable import KubeClient

/// What a plugin says is remembered, asked for again, and refused, without starting any program.
struct CredentialPluginTests {
    private static let plugin = ExecPlugin(
        apiVersion: "client.authentication.k8s.io/v1", command: "get", installHint: "install\n  it", place: "f: exec")
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func answer(_ status: String) -> [UInt8] {
        Array(
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":\#(status)}"#.utf8)
    }

    /// A plugin whose tokens are `t1`, `t2` and so on, valid for 60 seconds of a clock that is set by hand.
    private final class World: Sendable {
        let runs = Mutex(0)
        let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))

        func advance(_ seconds: Int64) { time.withLock { $0.microseconds += seconds * 1_000_000 } }

        func make(fails: Bool = false) throws -> CredentialPlugin {
            let configuration = ClientConfiguration(server: try ServerAddress("http://h", place: "test"))
            return CredentialPlugin(
                CredentialPluginTests.plugin, configuration, logger: CredentialPluginTests.logger,
                // Other tests may hold the processors for longer than a second.
                pause: .seconds(600), now: { self.time.withLock { $0 } }
            ) { plugin, _ throws(ExecPluginError) in
                let number = self.runs.withLock { runs in
                    runs += 1
                    return runs
                }
                await Task.yield()
                if fails { throw ExecPluginError(plugin, "failed") }
                let expires = (self.time.withLock { $0 } + .seconds(60)).text()
                return CredentialPluginTests.answer(
                    #"{"token":"t\#(number)","expirationTimestamp":"\#(expires)"}"#)
            }
        }
    }

    @Test func aTokenIsKeptUntilItExpires() async throws {
        let world = World()
        let plugin = try world.make()
        #expect(try await plugin.current().token == "t1")
        world.advance(59)
        #expect(try await plugin.current().token == "t1")
        world.advance(1)
        #expect(try await plugin.current().token == "t2")
        #expect(world.runs.withLock { $0 } == 2)
    }

    @Test func whoeverWaitsForTheSameRun() async throws {
        let world = World()
        let plugin = try world.make()
        let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try await plugin.current().token } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(tokens == ["t1"])
        #expect(world.runs.withLock { $0 } == 1)
    }

    @Test func aRefusedTokenIsAskedForAgainOnce() async throws {
        let world = World()
        let plugin = try world.make()
        let first = try await plugin.current()
        let second = try #require(try await plugin.current(insteadOf: first))
        #expect(second.token == "t2")
        // Another request that used the first one takes what is there by now.
        #expect(try await plugin.current(insteadOf: first)?.token == "t2")
        // A server that refuses everything does not start a program with each request.
        #expect(try await plugin.current(insteadOf: second) == nil)
        #expect(world.runs.withLock { $0 } == 2)
    }

    @Test func aFailureIsRememberedForAMoment() async throws {
        let world = World()
        let plugin = try world.make(fails: true)
        for _ in 0..<5 { await #expect(throws: ExecPluginError.self) { try await plugin.current() } }
        #expect(world.runs.withLock { $0 } == 1)
    }

    @Test(arguments: [
        ("[]", "did not print an ExecCredential object in JSON"),
        ("", "did not print an ExecCredential object in JSON"),
        (#"{"kind":"Pod"}"#, "did not print an ExecCredential object in JSON"),
        (
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}"#,
            "is configured to use API version client.authentication.k8s.io/v1, and answered with version "
                + "\"client.authentication.k8s.io/v1beta1\""
        ),
    ])
    func answersThatAreNone(text: String, problem: String) {
        #expect(throws: ExecPluginError(Self.plugin, problem)) {
            try ExecCredential(parsing: Array(text.utf8), of: Self.plugin)
        }
    }

    @Test(arguments: [
        ("{}", "did not return a token or a certificate with its key"),
        (#"{"token":""}"#, "did not return a token or a certificate with its key"),
        (#"{"token":"a b"}"#, "returned a token with white space or characters outside of ASCII"),
        (#"{"clientKeyData":"k"}"#, "returned only one of certificate and key; both are needed"),
        (#"{"token":"t","expirationTimestamp":"soon"}"#, "returned an expirationTimestamp that is no time in RFC 3339"),
    ])
    func statusesThatCannotBeUsed(status: String, problem: String) {
        #expect(throws: ExecPluginError(Self.plugin, problem)) {
            try ExecCredential(parsing: Self.answer(status), of: Self.plugin)
        }
    }

    @Test func whatThePluginIsTold() throws {
        var configuration = ClientConfiguration(server: try ServerAddress("https://h:6443", place: "test"))
        configuration.certificateAuthorities = Array("pem".utf8)
        #expect(
            ExecCredential.request(Self.plugin, configuration)
                == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}"#
        )
        var plugin = Self.plugin
        plugin.providesClusterInfo = true
        #expect(
            ExecCredential.request(plugin, configuration).hasSuffix(
                #""cluster":{"server":"https://h:6443","certificate-authority-data":"cGVt"}}}"#))
    }
}
