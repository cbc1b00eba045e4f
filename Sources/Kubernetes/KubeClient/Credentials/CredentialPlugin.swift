import KubeAPI
import Logging
import NIOSSL

/// Runs a credential plugin, and caches the credentials until they expire or the server rejects them. One run at a time
/// serves all waiters.
actor CredentialPlugin {
    /// Runs the program; tests have their own.
    typealias Runner = @Sendable (ExecPlugin, _ request: String) async throws(ExecPluginError) -> [UInt8]

    private let plugin: ExecPlugin
    private let configuration: ClientConfiguration
    private let logger: Logger
    private let run: Runner
    /// A plugin that just failed, or whose credentials were just refused, is not started again before.
    private let pause: Duration
    private let now: @Sendable () -> Timestamp
    private var known: (credential: RequestCredential, expires: Timestamp?)?
    private var failure: (error: ExecPluginError, at: ContinuousClock.Instant)?
    private var lastRefusal: ContinuousClock.Instant?
    private var number = 0
    private var isRunning = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(
        _ plugin: ExecPlugin, _ configuration: ClientConfiguration, logger: Logger, pause: Duration = .seconds(1),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        run: @escaping Runner = PluginProcess.run
    ) {
        self.plugin = plugin
        self.configuration = configuration
        self.logger = logger
        self.pause = pause
        self.now = now
        self.run = run
    }

    func current() async throws(ExecPluginError) -> RequestCredential {
        await settle()
        if let known, known.expires.map({ $0 > now() }) ?? true { return known.credential }
        return try await ask()
    }

    /// The server refused `used`. Nil where the plugin has nothing else to say for now.
    func current(insteadOf used: RequestCredential) async throws(ExecPluginError) -> RequestCredential? {
        await settle()
        if let known, known.credential.number != used.number { return known.credential }
        if let lastRefusal, .now - lastRefusal < pause { return nil }
        lastRefusal = .now
        return try await ask()
    }

    /// Waits for a run that is under way.
    private func settle() async {
        while isRunning { await withCheckedContinuation { waiting.append($0) } }
    }

    private func ask() async throws(ExecPluginError) -> RequestCredential {
        if let failure, .now - failure.at < pause { throw failure.error }
        isRunning = true
        defer {
            isRunning = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        do throws(ExecPluginError) {
            let answer = try await run(plugin, ExecCredential.request(plugin, configuration))
            let credential = try ExecCredential(parsing: answer, of: plugin)
            number += 1
            let request = RequestCredential(token: credential.token, tls: try tls(credential), number: number)
            known = (request, credential.expires)
            failure = nil
            logger.debug("the credential plugin gave credentials", metadata: ["command": "\(plugin.command)"])
            return request
        } catch {
            failure = (error, .now)
            throw error
        }
    }

    private func tls(_ credential: ExecCredential) throws(ExecPluginError) -> TLSConfiguration? {
        guard let certificate = credential.certificate, configuration.server.isSecure else { return nil }
        var configuration = configuration
        configuration.clientCertificate = certificate
        do throws(ConfigurationError) {
            try configuration.checkCertificates(place: plugin.place)
            return try configuration.tlsConfiguration(place: plugin.place)
        } catch {
            throw ExecPluginError(plugin, "returned certificates that cannot be used: \(error.problem)")
        }
    }
}
