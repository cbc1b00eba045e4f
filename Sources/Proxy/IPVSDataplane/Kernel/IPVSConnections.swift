internal import Glibc
internal import HostInspection
internal import LinuxSystem
internal import NetworkAddress
internal import ServiceModel

/// The connections that IPVS knows in this network namespace.
enum IPVSConnections {
    static let path = "/proc/net/ip_vs_conn"
    /// About 700,000 connections.
    private static let limit = 64 << 20

    /// - Throws: ENOENT without IPVS, EFBIG where there are too many.
    static func read(
        _ transport: TransportProtocol, _ family: IPFamily
    ) throws(SystemError) -> Set<AnswerEvent.Connection> {
        let text = try KernelFile.read(path, limit: limit)
        guard text.utf8.count < limit else { throw SystemError("read \(path)", code: EFBIG) }
        return connections(transport, family, text: text)
    }

    /// `UDP C0A80001 9C40 AC1E0029 0035 0AB40001 0035 UDP           7`: the client, the virtual server, the endpoint.
    static func connections(
        _ transport: TransportProtocol, _ family: IPFamily, text: String
    ) -> Set<AnswerEvent.Connection> {
        var found: Set<AnswerEvent.Connection> = []
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count >= 7, fields[0] == transport.apiName, let client = end(fields[1], fields[2]),
                let destination = end(fields[3], fields[4]), client.ip.family == family
            else { continue }
            found.insert(AnswerEvent.Connection(client: client, destination: destination))
        }
        return found
    }

    static func end(_ ip: Substring, _ port: Substring) -> EndpointAddress? {
        guard let ip = address(ip), let port = UInt16(port, radix: 16) else { return nil }
        return EndpointAddress(ip, port)
    }

    static func address(_ text: Substring) -> IPAddress? {
        if text.utf8.count == 8, let value = UInt32(text, radix: 16) { return IPAddress(ipv4: value) }
        return IPAddress(String(text))
    }
}
