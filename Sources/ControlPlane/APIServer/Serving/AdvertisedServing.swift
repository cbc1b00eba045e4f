import Crypto
import Logging
import NetworkAddress

/// Has the server reached at the address that the Service `kubernetes` leads to. Where the server listens on loopback
/// alone, it listens there as well: no packet for another host's sake can have a loopback address as its destination.
struct AdvertisedServing: Sendable {
    private static let retryPeriod = Duration.seconds(10)

    let address: IPAddress
    /// The certificate authority, in PEM.
    let authorityPEM: String
    let pipeline: RequestPipeline
    /// For that address and a port; nil: the server listens there anyway.
    var listener: (@Sendable (_ port: Int, _ onRunning: @escaping @Sendable () -> Void) -> Listener)?
    let readiness: Readiness
    let logger: Logger

    /// To be called when nothing is served any more.
    func withdraw() async {
        // Who never listened was never written down.
        guard let port = readiness.portsIfKnown?.secure else { return }
        await endpoints(port).withdraw()
    }

    private func endpoints(_ port: Int) -> KubernetesEndpoints {
        let digest = SHA256.hash(data: Array(authorityPEM.utf8.filter { $0 > 0x20 }))
        return KubernetesEndpoints(
            handler: pipeline.handler, server: .init(address: address, port: port),
            authority: digest.map { String($0, radix: 16) }.joined())
    }

    /// Works until cancelled. That the address cannot be had, not yet or for another program's sake, ends nothing.
    func run() async throws {
        guard let port = try await readiness.ports().secure else { return try await sleepUntilCancelled() }
        let endpoints = endpoints(port)
        guard let listener else { return try await endpoints.run() }
        let (running, run) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listen(listener(port) { run.yield() })
                try await sleepUntilCancelled()
            }
            group.addTask {
                for await _ in running { break }
                try await endpoints.run()
            }
            try await group.waitForAll()
        }
    }

    private func listen(_ listener: Listener) async throws {
        var failures = 0
        while !Task.isCancelled {
            do {
                return try await listener.run(pipeline, logger: logger)
            } catch let error as APIServer.ListenFailure {
                logger.log(
                    level: failures == 0 ? .error : .debug,
                    "the Service kubernetes leads nowhere; it is tried again", metadata: ["error": "\(error)"])
                failures += 1
                try await Task.sleep(for: Self.retryPeriod)
            }
        }
    }

    private func sleepUntilCancelled() async throws {
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
