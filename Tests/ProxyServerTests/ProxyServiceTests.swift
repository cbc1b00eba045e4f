import KubeClient
import Logging
import NetworkAddress
import ProxyConfiguration
import StatusServing
import Testing

@testable import ProxyServer

@Suite struct ProxyServiceTests {
    /// One part that fails ends the others: an API server that never answers, reflectors, the sync loop.
    @Test(.timeLimit(.minutes(30)))
    func aTaskThatFailsEndsTheProxy() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let taken = try await HTTPListener.bind(HostPort(address: IPAddress(ipv4: 0x7F00_0001), port: 0)) { _ in
            .notFound
        }
        var options = try ProxyOptions(
            flags: ProxyFlags(values: ["proxy-mode": ["userspace"], "hostname-override": ["n"]])
        ) { _ in [] }
        options.settings.metricsAddress = taken.endpoint
        options.settings.healthzAddress = nil
        options.settings.bindAddressHardFail = true
        // Nothing of this process is to change.
        options.settings.oomScoreAdj = SystemFiles.host.integer("/proc/self/oom_score_adj") ?? 0
        options.settings.client.configuration = ClientConfiguration(
            server: try ServerAddress("http://127.0.0.1:1", place: "test"))
        let service = try ProxyService(options: options, logger: logger)
        let error = await #expect(throws: ProxyMain.StartFailure.self) { try await service.run() }
        #expect(
            error?.description
                == "cannot listen on \(taken.endpoint) for metrics: another program has this address and port")
        await taken.close()
    }
}
