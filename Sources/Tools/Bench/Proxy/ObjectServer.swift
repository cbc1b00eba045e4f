import APISecurity
import APIServer
import FoundationEssentials
import Glibc
import KubeAPI
import KubeClient
public import Logging
import NetworkAddress
import ObjectStore

/// The process in a node's namespace that serves the objects of a workload to a proxy: the API server over plain HTTP on
/// loopback. It says its port when all objects are there, then changes the one slice as it is asked, line by line, and
/// ends when its standard input does.
public struct ObjectServer: Sendable {
    /// What it says, one JSON object a line.
    struct Reply: Codable, Sendable {
        var port: Int?
        var failure: String?
    }

    private let workload: Workload
    private let logger: Logger

    public init(workload: Workload, logger: Logger) {
        self.workload = workload
        self.logger = logger
    }

    public func run() async {
        do {
            try await serve()
        } catch {
            Self.say(Reply(failure: "the API server: \(error)"))
        }
    }

    private func serve() async throws {
        var configuration = APIServerConfiguration(
            plain: .init(), serviceCIDRs: [Workload.serviceNetwork], store: MemoryStore())
        configuration.authorizationModes = [.alwaysAllow]
        let server = APIServer(configuration: configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.ports().plain ?? 0
            let address = try ServerAddress("http://127.0.0.1:\(port)", place: "bench")
            let client = try KubeClient(configuration: ClientConfiguration(server: address), logger: logger)
            do {
                try await fill(client)
                Self.say(Reply(port: port))
                await follow(client)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
            group.cancelAll()
            // The server ends by cancellation.
            _ = await group.nextResult()
        }
    }

    /// Requests that are under way at a time.
    private static let width = 16

    private func fill(_ client: KubeClient) async throws {
        let namespace = Array(#"{"metadata":{"name":"\#(Workload.namespace)"}}"#.utf8)
        _ = try await client.create(Namespace.self, namespace)
        let node = workload.node
        _ = try await client.create(Node.self, Workload.body(node))
        _ = try await client.patch(
            Node.self, node.metadata.key, subresource: "status", .merge, Workload.statusPatch(node))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<workload.services {
                if number >= Self.width { try await group.next() }
                group.addTask {
                    let space = Workload.namespace
                    _ = try await client.create(
                        Service.self, namespace: space, Workload.body(workload.service(number)))
                    _ = try await client.create(
                        EndpointSlice.self, namespace: space, Workload.body(workload.slice(number)))
                }
            }
            for try await _ in group {}
        }
    }

    /// Each line is the number of a turn.
    private func follow(_ client: KubeClient) async {
        while let line = readLine() {
            guard let turn = Int(line) else { continue }
            let slice = workload.slice(workload.changing, addresses: [workload.onlyEndpoint(turn: turn)])
            do {
                _ = try await client.update(EndpointSlice.self, slice.metadata.key, Workload.body(slice))
                Self.say(Reply())
            } catch {
                Self.say(Reply(failure: "\(error)"))
            }
        }
    }

    private static func say(_ reply: Reply) {
        guard let data = try? JSONEncoder().encode(reply) else { return }
        print(String(decoding: data, as: UTF8.self))
        fflush(nil)
    }
}
