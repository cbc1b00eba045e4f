internal import HostInspection
internal import LinuxSystem
internal import NetworkAddress
internal import ServiceModel

/// Finds the endpoint to which persistence binds a client, among IPVS' connections.
enum PersistenceTable {
    static let path = "/proc/net/ip_vs_conn"

    /// Nil: none, or the list cannot be read.
    static func template(
        _ client: IPAddress, _ destination: EndpointAddress, _ transport: TransportProtocol
    ) -> (endpoint: EndpointAddress, secondsLeft: Double)? {
        do throws(SystemError) {
            return template(
                client, destination, transport, text: try KernelFile.read(path, limit: 64 << 20))
        } catch {
            return nil
        }
    }

    /// `TCP C0A80001 0000 AC1E0029 0050 0AB40001 0050 NONE     10799`: a template has no port of the client.
    static func template(
        _ client: IPAddress, _ destination: EndpointAddress, _ transport: TransportProtocol, text: String
    ) -> (endpoint: EndpointAddress, secondsLeft: Double)? {
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count >= 9, fields[0] == transport.apiName, fields[2] == "0000",
                address(fields[1]) == client, address(fields[3]) == destination.ip,
                UInt16(fields[4], radix: 16) == destination.port, let endpoint = address(fields[5]),
                let port = UInt16(fields[6], radix: 16), let left = Double(fields[8])
            else { continue }
            return (EndpointAddress(endpoint, port), left)
        }
        return nil
    }

    private static func address(_ text: Substring) -> IPAddress? {
        if text.utf8.count == 8, let value = UInt32(text, radix: 16) { return IPAddress(ipv4: value) }
        return IPAddress(String(text))
    }
}
