import FoundationEssentials
public import StatusServing

/// Asks the proxy of this host over its status socket.
public struct ProxySocket: Sendable {
    /// Where a proxy listens unless it is told otherwise.
    public static let defaultPath = "/run/viaduct/proxy.sock"

    static let configurationTarget = "/v1/configuration"

    private let client: SocketClient

    public init(path: String = defaultPath) { client = SocketClient(path: path) }

    public var path: String { client.path }

    /// - Throws: `absent` where no proxy runs, `forbidden` for others than root.
    public func status() async throws(SocketClient.Failure) -> ProxyStatus {
        try await get(ProxyStatus.target, ProxyStatus.self)
    }

    /// The proxy's `KubeProxyConfiguration`, with defaults.
    public func configuration() async throws(SocketClient.Failure) -> KubeProxyConfiguration {
        let body = try await client.get(Self.configurationTarget)
        do {
            return try KubeProxyConfiguration(parsing: body, source: path)
        } catch {
            throw .other("\(path): \(error)")
        }
    }

    func get<Value: Decodable>(
        _ target: String, _ type: Value.Type
    ) async throws(SocketClient.Failure) -> Value {
        let body = try await client.get(target)
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw .other("\(path): what \(target) answers is not understood: \(error)")
        }
    }
}
