import AsyncHTTPClient
import ContainerRuntime
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What one try of a probe found.
struct ProbeOutcome: Hashable, Sendable {
    var isSuccess: Bool
    var message: String
}

/// Tries a probe once.
struct ProbeExecutor: Sendable {
    let runtime: any ContainerRuntime

    /// Bytes of an answer that are kept for the message.
    private static let maximumBody = 10 << 10

    func run(
        _ action: ProbeAction, container id: String, _ container: ContainerDefinition, addresses: [String],
        timeout: Duration
    ) async -> ProbeOutcome {
        guard runtime.runsProcesses else { return ProbeOutcome(isSuccess: true, message: "") }
        switch action {
        case .exec(let command): return await execute(command, id, timeout)
        case .http(let get): return await http(get, container, addresses, timeout)
        case .tcp(let port, let host):
            guard let number = port.resolve(container) else { return Self.noPort }
            guard let address = host.isEmpty ? addresses.first : host else { return Self.noAddress }
            return await connect(address, Int(number), timeout)
        case .grpc(let port, let service):
            guard let address = addresses.first else { return Self.noAddress }
            return await GRPCHealthProbe.run(address: address, port: Int(port), service: service, timeout: timeout)
        case .sleep: return ProbeOutcome(isSuccess: true, message: "")
        }
    }

    private static let noPort = ProbeOutcome(isSuccess: false, message: "the container has no such port")
    private static let noAddress = ProbeOutcome(isSuccess: false, message: "the pod has no address")

    private func execute(_ command: [String], _ id: String, _ timeout: Duration) async -> ProbeOutcome {
        do throws(RuntimeFailure) {
            let result = try await runtime.execute(command, in: id, timeout: timeout)
            let text = String(decoding: (result.output + result.errors).prefix(Self.maximumBody), as: UTF8.self)
            return ProbeOutcome(isSuccess: result.status == 0, message: text)
        } catch {
            return ProbeOutcome(isSuccess: false, message: error.message)
        }
    }

    private func connect(_ host: String, _ port: Int, _ timeout: Duration) async -> ProbeOutcome {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout)).connect(host: host, port: port).get()
            try? await channel.close()
            return ProbeOutcome(isSuccess: true, message: "")
        } catch {
            return ProbeOutcome(isSuccess: false, message: "dial tcp \(host):\(port): \(error)")
        }
    }

    private func http(
        _ get: ProbeAction.HTTP, _ container: ContainerDefinition, _ addresses: [String], _ timeout: Duration
    ) async -> ProbeOutcome {
        guard let port = get.port.resolve(container) else { return Self.noPort }
        guard let host = get.host.isEmpty ? addresses.first : get.host else { return Self.noAddress }
        let name = host.contains(":") ? "[\(host)]" : host
        let path = get.path.hasPrefix("/") ? get.path : "/" + get.path
        var url = "\(get.isSecure ? "https" : "http")://\(name):\(port)\(path)"
        var redirects = 0
        while true {
            switch await fetch(url, get, timeout) {
            case .done(let outcome): return outcome
            case .elsewhere(let location):
                guard let next = URL(string: location, relativeTo: URL(string: url))?.absoluteURL else {
                    return ProbeOutcome(isSuccess: false, message: "Get \"\(url)\": Location \"\(location)\" is no URL")
                }
                // Another host is nobody to tell how this one is (kubelet's rule).
                guard next.host() == URL(string: url)?.host() else {
                    return ProbeOutcome(
                        isSuccess: true, message: "Probe terminated redirects, Response body: \(location)")
                }
                redirects += 1
                guard redirects <= Self.mostRedirects else {
                    return ProbeOutcome(
                        isSuccess: false, message: "Get \"\(url)\": stopped after \(Self.mostRedirects) redirects")
                }
                url = next.absoluteString
            }
        }
    }

    /// Go's limit.
    private static let mostRedirects = 10

    private enum Fetched {
        case done(ProbeOutcome)
        case elsewhere(String)
    }

    private func fetch(_ url: String, _ get: ProbeAction.HTTP, _ timeout: Duration) async -> Fetched {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "kube-probe/1.36")
        request.headers.add(name: "Accept", value: "*/*")
        request.headers.add(name: "Connection", value: "close")
        for header in get.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        do {
            let response = try await Self.client.execute(request, timeout: TimeAmount(timeout))
            let code = response.status.code
            var body: [UInt8] = []
            for try await part in response.body {
                body += part.readableBytesView.prefix(Self.maximumBody - body.count)
                if body.count == Self.maximumBody { break }
            }
            if (301...308).contains(code), code != 304, let location = response.headers.first(name: "Location") {
                return .elsewhere(location)
            }
            if (200..<400).contains(code) { return .done(ProbeOutcome(isSuccess: true, message: "")) }
            return .done(ProbeOutcome(isSuccess: false, message: "HTTP probe failed with statuscode: \(code)"))
        } catch {
            return .done(ProbeOutcome(isSuccess: false, message: "Get \"\(url)\": \(error)"))
        }
    }

    /// For all probes: nothing is kept between two of them, and no certificate is asked for.
    private static let client: HTTPClient = {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.connectionPool.idleTimeout = .milliseconds(100)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}
