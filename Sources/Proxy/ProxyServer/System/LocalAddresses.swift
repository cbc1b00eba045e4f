import LinuxSystem
import NetworkAddress

/// Reads the addresses of this host's devices on a thread of its own.
actor LocalAddresses {
    private nonisolated let executor = BlockingExecutor(label: "local-addresses")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let list: @Sendable () throws -> [IPAddress]

    init(_ list: @escaping @Sendable () throws -> [IPAddress]) { self.list = list }

    func read() throws -> [IPAddress] { try list() }
}
