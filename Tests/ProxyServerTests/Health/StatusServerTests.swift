import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NetworkAddress
import NftablesDataplane
import PrometheusMetrics
import ProxyConfiguration
import ServiceLifecycle
import StatusServing
import Testing

@testable import ProxyServer

/// What a server really sent.
struct RawAnswer: Sendable {
    var status = 0
    var headers = HTTPHeaders()
    var body = ""
}

/// One request on a connection of its own.
func request(
    _ path: String, _ endpoint: HostPort, host: String = "127.0.0.1", method: HTTPMethod = .GET, accept: String? = nil
) async throws -> RawAnswer {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: host, port: Int(endpoint.port)) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                    wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        let headers = HTTPHeaders(
            [("Host", "x"), ("Connection", "close")] + (accept.map { [("Accept", $0)] } ?? []))
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        // At once: the server may answer and close before a second write.
        try await outbound.write(contentsOf: [.head(head), .end(nil)])
        var answer = RawAnswer()
        for try await part in inbound {
            switch part {
            case .head(let head):
                answer.status = Int(head.status.code)
                answer.headers = head.headers
            case .body(let buffer): answer.body += String(buffer: buffer)
            case .end: return answer
            }
        }
        return answer
    }
}

@Suite struct StatusServerTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let anyPort = HostPort(address: IPAddress(ipv4: 0x7F00_0001), port: 0)

    /// Runs a server while `body` talks to it, then cancels it.
    private func with(_ server: StatusServer?, _ body: @Sendable @escaping (HostPort) async throws -> Void) async throws
    {
        var server = try #require(server)
        let (endpoints, continuation) = AsyncStream.makeStream(of: HostPort.self)
        server.listening = { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { [server] group in
            group.addTask { try await server.run() }
            var iterator = endpoints.makeAsyncIterator()
            let endpoint = try #require(await iterator.next())
            try await body(endpoint)
            group.cancelAll()
        }
    }

    private func options() throws -> ProxyOptions {
        var options = try ProxyOptions(flags: ProxyFlags(values: ["proxy-mode": ["nftables"]])) { _ in [] }
        options.settings.healthzAddress = anyPort
        options.settings.metricsAddress = anyPort
        return options
    }

    @Test func healthServer() async throws {
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables))
        for family in IPFamily.allCases { health.updated(family) }
        try await with(.health(health, try options().settings, logger: logger)) { endpoint in
            let healthz = try await request("/healthz?verbose", endpoint)
            #expect(healthz.status == 200)
            #expect(healthz.headers["Content-Type"] == ["application/json"])
            #expect(healthz.headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(healthz.body.contains("\"nodeEligible\":true"))
            health.nodeChanged(isBeingDeleted: true, taints: [])
            #expect(try await request("/healthz", endpoint).status == 503)
            #expect(try await request("/livez", endpoint).status == 200)
            #expect(try await request("/metrics", endpoint).status == 404)
            let head = try await request("/livez", endpoint, method: .HEAD)
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test func metricsServer() async throws {
        let metrics = ProxyMetrics(mode: .nftables)
        try await with(.metrics(metrics.registry, try options(), logger: logger)) { endpoint in
            let answer = try await request("/metrics", endpoint)
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == ["text/plain; version=0.0.4; charset=utf-8"])
            #expect(answer.body.contains("\nkubeproxy_sync_proxy_rules_service_changes_total 0\n"))
            #expect(try await request("/proxyMode", endpoint).body == "nftables")
            #expect(try await request("/healthz", endpoint).body == "ok")
            let configz = try await request("/configz", endpoint)
            #expect(configz.headers["Content-Type"] == ["application/json"])
            #expect(configz.body.hasPrefix("{\"kubeproxy.config.k8s.io\":{\"apiVersion\":"))
            let slis = try await request("/metrics/slis", endpoint)
            #expect(slis.status == 200)
            #expect(slis.body.isEmpty)
            #expect(try await request("/debug/pprof/", endpoint).status == 404)
            let flagz = try await request("/flagz", endpoint)
            #expect(flagz.body.hasPrefix("\nkube-proxy flags\nWarning: This endpoint is not meant"))
            #expect(flagz.body.contains("\nproxy-mode=nftables\n") && flagz.body.contains("\noom-score-adj=-999\n"))
            let statusz = try await request("/statusz", endpoint, accept: "text/plain;charset=UTF-8")
            #expect(statusz.body.contains("\nUp: 0 hr "))
            #expect(statusz.body.contains("\nEmulation version: 1.36\n"))
            #expect(try await request("/", endpoint).body == "404 page not found\n")
        }
    }

    @Test func structuredPagesAreForThoseWhoAskForThem() async throws {
        try await with(.metrics(MetricsRegistry(), try options(), logger: logger)) { endpoint in
            let statusz = try await request(
                "/statusz", endpoint, accept: "application/json;v=v1beta1;g=config.k8s.io;as=Statusz")
            #expect(statusz.headers["Content-Type"] == ["application/json"])
            #expect(
                statusz.body.hasPrefix(
                    #"{"kind":"Statusz","apiVersion":"config.k8s.io/v1beta1","metadata":{"name":"kube-proxy"},"#))
            #expect(statusz.body.contains(#""emulationVersion":"1.36","paths":["/configz","#))
            let flagz = try await request(
                "/flagz", endpoint, accept: "application/json; v=v1beta1; g=config.k8s.io; as=Flagz, text/plain")
            #expect(flagz.body.contains(#""flags":{"#) && flagz.body.contains(#""proxy-mode":"nftables""#))
            for accept in ["application/json", "application/json;v=v1beta1;g=config.k8s.io;as=Flagz", "image/png"] {
                #expect(try await request("/statusz", endpoint, accept: accept).status == 406)
            }
            #expect(try await request("/statusz", endpoint, accept: "text/html, */*;q=0.8").status == 200)
        }
        var options = try options()
        options.settings.servesFlagz = false
        options.settings.servesStatusz = false
        try await with(.metrics(MetricsRegistry(), options, logger: logger)) { endpoint in
            for path in ["/statusz", "/flagz"] {
                let answer = try await request(path, endpoint)
                #expect(answer.status == 404)
            }
        }
    }

    @Test func unspecifiedAddressServesBothFamilies() async throws {
        // Other tests may hold the processors for longer than a connection may be idle.
        let listener = try await HTTPListener.bind(
            HostPort(address: IPAddress(ipv4: 0), port: 0), idleLimit: .seconds(600)
        ) { .text($0.path) }
        #expect(try await request("/a", listener.endpoint).body == "/a")
        if listener.endpoint.address.family == .ipv6 {
            #expect(try await request("/b", listener.endpoint, host: "::1").body == "/b")
        }
        await listener.close()
    }

    @Test func severalRequestsOnOneConnection() async throws {
        // Other tests may hold the processors for longer than a connection may be idle.
        let listener = try await HTTPListener.bind(anyPort, idleLimit: .seconds(600)) { .text($0.path) }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: Int(listener.endpoint.port)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        let bodies = try await channel.executeThenClose { inbound, outbound in
            var bodies: [String] = []
            var iterator = inbound.makeAsyncIterator()
            for path in ["/1", "/2", "/3"] {
                try await outbound.write(.head(.init(version: .http1_1, method: .POST, uri: path)))
                try await outbound.write(.body(.byteBuffer(ByteBuffer(string: "ignored"))))
                try await outbound.write(.end(nil))
                while let part = try await iterator.next() {
                    if case .body(let buffer) = part { bodies.append(String(buffer: buffer)) }
                    if case .end = part { break }
                }
            }
            return bodies
        }
        #expect(bodies == ["/1", "/2", "/3"])
        await listener.close()
    }

    @Test func portInUseIsFatalOnlyIfAsked() async throws {
        let taken = try await HTTPListener.bind(anyPort) { .text($0.path) }
        var settings = try options().settings
        settings.healthzAddress = taken.endpoint
        settings.bindAddressHardFail = true
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables))
        let fatal = try #require(StatusServer.health(health, settings, logger: logger))
        let error = await #expect(throws: StatusServer.BindFailure.self) { try await fatal.run() }
        #expect(error?.server == "healthz")
        #expect(
            error?.description
                == "cannot listen on \(taken.endpoint) for healthz: another program has this address and port")

        settings.bindAddressHardFail = false
        var patient = try #require(StatusServer.health(health, settings, logger: logger))
        patient.retryDelay = .milliseconds(20)
        let (endpoints, continuation) = AsyncStream.makeStream(of: HostPort.self)
        patient.listening = { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { [patient] group in
            group.addTask { try await patient.run() }
            try await Task.sleep(for: .milliseconds(60))
            await taken.close()
            var iterator = endpoints.makeAsyncIterator()
            let endpoint = try #require(await iterator.next())
            #expect(try await request("/livez", endpoint).status == 200)
            group.cancelAll()
        }
    }

    @Test func gracefulShutdownEndsAServer() async throws {
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables))
        var server = try #require(StatusServer.health(health, try options().settings, logger: logger))
        let (endpoints, continuation) = AsyncStream.makeStream(of: HostPort.self)
        server.listening = { continuation.yield($0) }
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = endpoints.makeAsyncIterator()
            _ = await iterator.next()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func disabledServers() throws {
        var options = try options()
        options.settings.healthzAddress = nil
        options.settings.metricsAddress = nil
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables))
        #expect(StatusServer.health(health, options.settings, logger: logger) == nil)
        #expect(StatusServer.metrics(MetricsRegistry(), options, logger: logger) == nil)
    }
}
