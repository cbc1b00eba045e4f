import Foundation
import KubeClient
import ProxyServer
import StatusServing

/// Reads Services with their traffic repeatedly, each time from the same source.
struct ServicesReader: Sendable {
    private enum Place: Sendable {
        case proxy(ProxySocket)
        case server(KubeClient)
    }

    private let place: Place
    private let selector: String?

    init(_ socket: ProxySocket, selector: String?) {
        place = .proxy(socket)
        self.selector = selector
    }

    init(_ client: KubeClient, selector: String?) {
        place = .server(client)
        self.selector = selector
    }

    func read() async throws -> ServicesStatus {
        switch place {
        case .proxy(let socket): try await socket.services(selector: selector)
        case .server(let client): try await APIServices.read(client, selector: selector)
        }
    }

    /// The same, with rates over a second at least where they are known at all.
    func readWithRates() async throws -> ServicesStatus {
        let status = try await read()
        guard let seconds = status.countedSeconds, seconds < 1 else { return status }
        try await Task.sleep(for: .seconds(1.05 - seconds))
        return try await read()
    }

    func close() async {
        if case .server(let client) = place { await client.shutdown() }
    }
}
