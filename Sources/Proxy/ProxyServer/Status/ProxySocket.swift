import FoundationEssentials
public import ProxyConfiguration
public import StatusServing

/// Queries the proxy of this host over its status socket.
public struct ProxySocket: Sendable {
    /// The default path.
    public static let defaultPath = KubeProxyConfiguration.defaultStatusSocket

    static let configurationTarget = "/v1/configuration"

    private let client: SocketClient

    public init(path: String = defaultPath) { client = SocketClient(path: path) }

    public var path: String { client.path }

    /// - Throws: `absent` if no proxy runs, `forbidden` for users other than root.
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

    /// Services with their traffic. The first call starts counting, which goes on while a call comes at least once a
    /// minute.
    ///
    /// - Parameter selector: labels of Services, as `kubectl -l`; nil: all.
    public func services(selector: String? = nil) async throws(SocketClient.Failure) -> ServicesStatus {
        let query = selector.map { "?labelSelector=\(Self.escaped($0))" } ?? ""
        return try await get(ServicesStatus.target + query, ServicesStatus.self)
    }

    /// What is drained.
    public func drains() async throws(SocketClient.Failure) -> DrainStatus.List {
        try await get(DrainStatus.target, DrainStatus.List.self)
    }

    /// Has this host's proxy drain an address, or undo it.
    ///
    /// - Parameter address: see ``DrainAddress``.
    public func drain(_ address: String, undo: Bool = false) async throws(SocketClient.Failure) -> DrainStatus.List {
        try await get(
            "\(DrainStatus.target)?address=\(Self.escaped(address))", DrainStatus.List.self,
            method: undo ? "DELETE" : "POST")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    func get<Value: Decodable>(
        _ target: String, _ type: Value.Type, method: String = "GET"
    ) async throws(SocketClient.Failure) -> Value {
        let body = try await client.send(method, target)
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw .other("\(path): what \(target) answers is not understood: \(error)")
        }
    }
}
