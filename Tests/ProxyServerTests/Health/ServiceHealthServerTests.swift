import KubeAPI
import Logging
import NIOHTTP1
import NetworkAddress
import NftablesDataplane
import PrometheusMetrics
import StatusServing
import TestSupport
import Testing

@testable import ProxyServer

@Suite struct ServiceHealthServerTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let web = ObjectKey(namespace: "default", name: "web")
    private let dns = ObjectKey(namespace: "kube-system", name: "dns")
    private let loopback = IPAddress(ipv4: 0x7F00_0001)

    @Test func plan() {
        let plan = ServiceHealthPlan(
            open: [web: 30_000, dns: 30_001, ObjectKey(namespace: "a", name: "gone"): 30_002],
            wanted: [
                web: ServiceHealth(port: 30_000, localEndpoints: 5),
                dns: ServiceHealth(port: 30_009, localEndpoints: 0),
                ObjectKey(namespace: "b", name: "new"): ServiceHealth(port: 30_001, localEndpoints: 1),
            ])
        #expect(plan.close == [ObjectKey(namespace: "a", name: "gone"), dns])
        #expect(plan.open == [ObjectKey(namespace: "b", name: "new"), dns])
    }

    @Test func answer() {
        let answer = ServiceHealthServer.answer(web, localEndpoints: 3, isHealthy: true)
        #expect(answer.status == 200)
        #expect(
            answer.body
                == "{\n\t\"service\": {\n\t\t\"namespace\": \"default\",\n\t\t\"name\": \"web\"\n\t},\n"
                + "\t\"localEndpoints\": 3,\n\t\"serviceProxyHealthy\": true\n}")
        #expect(
            answer.headers == [
                .init(name: "Content-Type", value: "application/json"),
                .init(name: "X-Load-Balancing-Endpoint-Weight", value: "3"),
                .init(name: "X-Content-Type-Options", value: "nosniff"),
            ])
        #expect(ServiceHealthServer.answer(web, localEndpoints: 0, isHealthy: true).status == 503)
        #expect(ServiceHealthServer.answer(web, localEndpoints: 3, isHealthy: false).status == 503)
    }

    private func endpoint(_ port: UInt16) -> HostPort { HostPort(address: loopback, port: port) }

    @Test func listenersComeAndGoWithServices() async throws {
        let time = ManualClock()
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables), clock: time.clock)
        let server = ServiceHealthServer(addresses: [loopback], health: health, logger: logger)
        let port = TestPort.next()

        #expect(await server.sync([web: ServiceHealth(port: port, localEndpoints: 2)]).isEmpty)
        let first = try await request("/", endpoint(port))
        #expect(first.status == 200)
        #expect(first.headers["X-Load-Balancing-Endpoint-Weight"] == ["2"])
        #expect(first.body.contains("\"name\": \"web\""))

        #expect(await server.sync([web: ServiceHealth(port: port, localEndpoints: 0)]).isEmpty)
        #expect(try await request("/", endpoint(port)).status == 503)

        // The port moves to another service in one step.
        #expect(await server.sync([dns: ServiceHealth(port: port, localEndpoints: 1)]).isEmpty)
        let moved = try await request("/healthz", endpoint(port))
        #expect(moved.status == 200)
        #expect(moved.body.contains("\"name\": \"dns\""))

        health.updated(.ipv4)
        health.queued(.ipv4)
        time.advance(by: .seconds(61))
        let late = try await request("/", endpoint(port))
        #expect(late.status == 503)
        #expect(late.body.contains("\"serviceProxyHealthy\": false"))

        #expect(await server.sync([:]).isEmpty)
        #expect(await server.openServices.isEmpty)
        await #expect(throws: (any Error).self) { try await request("/", endpoint(port)) }
    }

    @Test func portInUseIsReportedAndTriedAgain() async throws {
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables))
        let server = ServiceHealthServer(addresses: [loopback], health: health, logger: logger)
        let taken = try await HTTPListener.bind(HostPort(address: loopback, port: 0)) { .text($0.path) }
        let services = [web: ServiceHealth(port: taken.endpoint.port, localEndpoints: 1)]
        let failures = await server.sync(services)
        #expect(failures.map(\.service) == [web])
        #expect(
            failures.first?.description.hasPrefix(
                "cannot listen on \(taken.endpoint) for the health check of service default/web: ") == true)
        #expect(await server.openServices.isEmpty)
        await taken.close()
        #expect(await server.sync(services).isEmpty)
        #expect(await server.openServices == [web: taken.endpoint.port])
        await server.close()
    }

    @Test func otherAddressesReopen() async throws {
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables))
        let server = ServiceHealthServer(addresses: [loopback], health: health, logger: logger)
        let port = TestPort.next()
        let services = [web: ServiceHealth(port: port, localEndpoints: 1)]
        await server.sync(services)
        await server.setAddresses([loopback])
        #expect(await server.openServices == [web: port])
        await server.setAddresses([IPAddress(ipv4: 0x7F00_0002)])
        #expect(await server.openServices.isEmpty)
        await server.sync(services)
        #expect(try await request("/", endpoint(port), host: "127.0.0.2").status == 200)
        await #expect(throws: (any Error).self) { try await request("/", endpoint(port)) }
        await server.close()
    }
}
