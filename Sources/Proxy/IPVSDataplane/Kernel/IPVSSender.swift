internal import Dataplane
internal import LinuxSystem
package import NetworkAddress

/// Sends messages to IPVS, without what an ``IPVSDataplane`` does around it.
package struct IPVSSender: ~Copyable {
    private var kernel: IPVSKernel

    /// Opens a netlink socket in the calling thread's network namespace.
    ///
    /// - Throws: in words for the user where this kernel has no IPVS.
    package init(family: IPFamily) throws { kernel = try IPVSKernel(family: family) }

    /// Sends all messages, many in one call.
    ///
    /// - Throws: what the kernel said of the first message that it refused.
    /// - Returns: bytes.
    package mutating func send(_ messages: IPVSContent.Messages) throws -> Int {
        let (report, refused) = try kernel.send(messages.commands)
        if let (server, endpoint) = refused.first {
            throw DataplaneError(
                operation: "IPVS: add \(endpoint) to \(server)", message: "the kernel takes the address for no host's")
        }
        return report.bytes
    }

    /// All virtual servers of the family in the calling thread's namespace, a line each and one for each endpoint, sorted.
    package static func listing(_ family: IPFamily) throws -> [String] {
        var kernel = try IPVSKernel(family: family)
        return try kernel.servers().flatMap { key, server in
            ["\(key) \(server.settings.text)"]
                + server.endpoints.map { "\(key) -> \($0.key) weight \($0.value.weight) \($0.value.isTranslating)" }
        }.sorted()
    }
}
