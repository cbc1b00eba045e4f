import JSONStream
import KubeAPI
import KubeClient

/// Asks the API server for a certificate and waits until it is signed.
struct CertificateRequester: Sendable {
    struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        var description: String
    }

    let client: KubeClient
    let clock: RetryClock

    private static let pause = Duration.milliseconds(250)

    /// The certificate and its key, in one PEM text.
    /// - Parameters:
    ///   - patience: how long somebody may take to approve.
    ///   - waiting: told once, with the request's name, when it takes longer than a few seconds.
    /// - Throws: ``Problem``, ``APIError``, or CancellationError.
    func obtain(
        _ plan: CertificatePlan, patience: Duration, waiting: @Sendable (String) -> Void = { _ in }
    ) async throws -> String {
        let (key, request) = try plan.request()
        let made = try await client.create(CertificateSigningRequest.self, plan.object(request).serialized())
        let begin = clock.now()
        var hasTold = false
        while true {
            let found = try await client.get(CertificateSigningRequest.self, made.metadata.key)
            if found.isDenied || found.isFailed {
                let why = found.conditions.first { ["Denied", "Failed"].contains($0.type) }?.message ?? ""
                throw Problem(description: "the request \(made.metadata.name) for a certificate was refused: \(why)")
            }
            if let bytes = Base64.decode(found.certificate), !bytes.isEmpty {
                return String(decoding: bytes, as: UTF8.self) + key
            }
            let waited = clock.now() - begin
            guard waited < patience else {
                throw Problem(
                    description: "nobody signed the request \(made.metadata.name) for a certificate in \(patience); "
                        + "`kubectl certificate approve \(made.metadata.name)` does, where nobody does it by itself")
            }
            if waited > .seconds(5), !hasTold {
                hasTold = true
                waiting(made.metadata.name)
            }
            try await clock.sleep(Self.pause)
        }
    }
}
