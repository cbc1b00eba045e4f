import APIObjects
import JSONStream
import NetworkAddress
import ObjectStore

/// Which of the servers over one store live: a key for each, which the store removes when its server has not renewed it
/// for a while. (kube-apiserver's: kubernetes pkg/controlplane/reconcilers/lease.go.)
struct ServerLeases: Sendable {
    /// Where a server is reached from elsewhere.
    struct Server: Hashable, Comparable, Sendable {
        var address: IPAddress
        var port: Int

        static func < (left: Server, right: Server) -> Bool {
            (left.address, left.port) < (right.address, right.port)
        }
    }

    struct Living: Hashable, Sendable {
        var server: Server
        /// Which certificate authority it trusts; empty if it does not say.
        var authority: String
    }

    static let prefix = "/registry/masterleases/"
    /// Shorter than upstream's 15 s: so long connections to a dead server's endpoint fail.
    static let lifetime = Duration.seconds(6)
    /// How often a server renews its own.
    static let period = Duration.seconds(2)

    let store: any ObjectStore

    func renew(_ living: Living) async throws {
        let server = living.server
        let value: JSONValue = [
            "ip": .string(server.address.description), "port": .integer(Int64(server.port)),
            "authority": .string(living.authority),
        ]
        _ = try await store.put(
            Self.key(server), value.serialized(), expecting: .anything, lifetime: Self.lifetime)
    }

    func remove(_ server: Server) async throws { _ = try await store.deleteIfExpected(Self.key(server), .anything) }

    /// In order. What cannot be read is nobody's.
    func living() async throws -> [Living] {
        try await store.list(prefix: Self.prefix, after: nil, limit: nil).objects.compactMap { found in
            guard let value = try? JSONValue(parsing: found.value), let address = IPAddress(value.text("ip")) else {
                return nil
            }
            let port = value.number("port")
            guard (1...65535).contains(port) else { return nil }
            return Living(server: Server(address: address, port: Int(port)), authority: value.text("authority"))
        }.sorted { $0.server < $1.server }
    }

    private static func key(_ server: Server) -> String { "\(prefix)\(server.address)-\(server.port)" }
}
