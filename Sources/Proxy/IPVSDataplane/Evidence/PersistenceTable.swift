internal import HostInspection
internal import LinuxSystem
internal import NetworkAddress
internal import ServiceModel

/// Finds the endpoint to which persistence binds a client, among IPVS' connections.
enum PersistenceTable {
    /// Nil: none, or the list cannot be read.
    static func template(
        _ client: IPAddress, _ destination: EndpointAddress, _ transport: TransportProtocol
    ) -> (endpoint: EndpointAddress, secondsLeft: Double)? {
        do throws(SystemError) {
            return template(
                client, destination, transport, text: try KernelFile.read(IPVSConnections.path, limit: 64 << 20))
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
                IPVSConnections.address(fields[1]) == client,
                IPVSConnections.end(fields[3], fields[4]) == destination,
                let endpoint = IPVSConnections.end(fields[5], fields[6]), let left = Double(fields[8])
            else { continue }
            return (endpoint, left)
        }
        return nil
    }
}
