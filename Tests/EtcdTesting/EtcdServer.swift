public import EtcdStore
import Foundation
import ObjectStore

/// An etcd server with an empty directory on a free loopback port. It ends with the test's process at the latest.
public final class EtcdServer: Sendable {
    /// Whether this host has etcd (Debian: etcd-server).
    public static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
    private static let path = "/usr/bin/etcd"
    /// Tests run side by side; etcd takes a member that is short of processor time for a failed one.
    private static let places = Places(3)
    /// In memory, if that is to be had: what a disk's syncs take is not tested.
    private static let parent =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? URL(fileURLWithPath: "/dev/shm") : FileManager.default.temporaryDirectory

    public let port: Int
    private let peerPort: Int
    private let directory: String
    private let arguments: [String]
    private let process = ProcessBox()

    public struct NotReached: Error {
        public var what: String
    }

    private init(directory: String, arguments: [String]) throws {
        self.directory = directory
        self.arguments = arguments
        (port, peerPort) = try (FreePort.choose(), FreePort.choose())
    }

    /// Runs a server for as long as the body takes.
    /// - Parameter arguments: further ones for etcd.
    public static func with<Result: Sendable>(
        arguments: [String] = [], _ body: (EtcdServer) async throws -> Result
    ) async throws -> Result {
        try await places.take()
        defer { places.giveBack() }
        let directory = parent.appendingPathComponent("etcd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try EtcdServer(directory: directory.path, arguments: arguments)
        try server.start()
        defer { server.kill() }
        try await EtcdStore.with(server) { _ = try await $0.currentRevision() }
        return try await body(server)
    }

    public func start() throws {
        let client = "http://127.0.0.1:\(port)"
        let peer = "http://127.0.0.1:\(peerPort)"
        // setpriv: a killed test leaves no server behind.
        try process.start(
            "/usr/bin/setpriv",
            [
                "--pdeathsig", "KILL", "--", Self.path, "--data-dir", directory + "/data", "--name", "one",
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "one=\(peer)", "--logger", "zap",
                "--log-level", "error",
            ] + arguments, log: directory + "/log")
    }

    public func kill() { process.kill() }

    public var endpoint: EtcdEndpoint {
        get throws { try EtcdEndpoint("http://127.0.0.1:\(port)", isSecure: false) }
    }

    /// For a store that waits as long as a busy machine takes.
    public var configuration: EtcdConfiguration {
        get throws {
            var configuration = EtcdConfiguration(endpoints: [try endpoint])
            configuration.requestTimeout = .seconds(60)
            configuration.attemptTimeout = .seconds(20)
            return configuration
        }
    }

    /// What etcd has written to its log.
    public var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }
}

extension EtcdStore {
    /// Runs the store for as long as the body takes.
    public static func with<Result: Sendable>(
        _ configuration: EtcdConfiguration, _ body: (EtcdStore) async throws -> Result
    ) async throws -> Result {
        let store = try EtcdStore(configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            defer { group.cancelAll() }
            return try await body(store)
        }
    }

    /// A store over one server.
    public static func with<Result: Sendable>(
        _ server: EtcdServer, _ body: (EtcdStore) async throws -> Result
    ) async throws -> Result {
        try await with(server.configuration, body)
    }
}
