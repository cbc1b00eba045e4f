import NIOSSL
import Synchronization

/// A client certificate and its key in files that are renewed under us: looked at when a minute has passed or the server
/// refuses the certificate.
final class CertificateFiles: Sendable {
    private struct State {
        var credential: RequestCredential
        var held: ClientConfiguration.ClientCertificate
        var readAt: ContinuousClock.Instant
    }

    private let paths: ClientConfiguration.CertificatePaths
    private let configuration: ClientConfiguration
    private let maximumAge: Duration
    private let state: Mutex<State>

    /// - Throws: ``ConfigurationError`` if the files cannot be used.
    init(
        _ paths: ClientConfiguration.CertificatePaths, _ configuration: ClientConfiguration,
        maximumAge: Duration = TokenFile.defaultMaximumAge
    ) throws(ConfigurationError) {
        self.paths = paths
        self.configuration = configuration
        self.maximumAge = maximumAge
        let held = try Self.read(paths)
        state = Mutex(State(credential: try Self.credential(held, configuration, 0), held: held, readAt: .now))
    }

    func current() -> RequestCredential {
        state.withLock { state in
            if state.readAt.duration(to: .now) > maximumAge { refresh(&state) }
            return state.credential
        }
    }

    /// The server refused `used`; nil if there is no other by now.
    func current(insteadOf used: RequestCredential) -> RequestCredential? {
        state.withLock { state in
            if state.credential.number == used.number { refresh(&state) }
            return state.credential.number == used.number ? nil : state.credential
        }
    }

    /// Files that cannot be used leave the last certificate in use: they may be replaced just now.
    private func refresh(_ state: inout State) {
        state.readAt = .now
        guard let fresh = try? Self.read(paths), fresh != state.held,
            let credential = try? Self.credential(fresh, configuration, state.credential.number + 1)
        else { return }
        state.held = fresh
        state.credential = credential
    }

    private static func read(
        _ paths: ClientConfiguration.CertificatePaths
    ) throws(ConfigurationError) -> ClientConfiguration.ClientCertificate {
        func bytes(_ path: String) throws(ConfigurationError) -> [UInt8] {
            do {
                return try FileReader.bytes(of: path)
            } catch {
                throw ConfigurationError("client certificate", "cannot read \(path): \(error.reason)")
            }
        }
        return .init(certificates: try bytes(paths.certificates), key: try bytes(paths.key))
    }

    private static func credential(
        _ certificate: ClientConfiguration.ClientCertificate, _ configuration: ClientConfiguration, _ number: Int
    ) throws(ConfigurationError) -> RequestCredential {
        var own = configuration
        own.clientCertificate = certificate
        try own.checkCertificates(place: "client certificate")
        return RequestCredential(tls: try own.tlsConfiguration(place: "client certificate"), number: number)
    }
}
