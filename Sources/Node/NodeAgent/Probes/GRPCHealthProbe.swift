import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// Asks a server for its health (grpc.health.v1.Health).
enum GRPCHealthProbe {
    private static let method = MethodDescriptor(
        fullyQualifiedService: "grpc.health.v1.Health", method: "Check", type: .unary)

    static func run(address: String, port: Int, service: String, timeout: Duration) async -> ProbeOutcome {
        do {
            let target: any ResolvableTarget =
                address.contains(":") ? .ipv6(address: address, port: port) : .ipv4(address: address, port: port)
            let transport = try HTTP2ClientTransport.Posix(target: target, transportSecurity: .plaintext)
            return try await withGRPCClient(transport: transport) { client in
                var options = CallOptions.defaults
                options.timeout = timeout
                let answer: [UInt8] = try await client.unary(
                    request: ClientRequest(message: message(service)), descriptor: method,
                    serializer: BytesSerializer(), deserializer: BytesDeserializer(), options: options
                ) { try $0.message }
                // status = 1 is SERVING.
                let isServing = answer.elementsEqual([0x08, 0x01])
                return ProbeOutcome(isSuccess: isServing, message: isServing ? "" : "service unhealthy")
            }
        } catch {
            return ProbeOutcome(isSuccess: false, message: "\(error)")
        }
    }

    /// HealthCheckRequest: the service's name as field 1.
    static func message(_ service: String) -> [UInt8] {
        guard !service.isEmpty else { return [] }
        var bytes: [UInt8] = [0x0a]
        var length = service.utf8.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        return bytes + [UInt8(length)] + Array(service.utf8)
    }

    private struct BytesSerializer: MessageSerializer {
        func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }
    }

    private struct BytesDeserializer: MessageDeserializer {
        func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
            bytes.withUnsafeBytes { Array($0) }
        }
    }
}
