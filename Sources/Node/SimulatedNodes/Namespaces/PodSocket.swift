import KubeAPI
import LinuxSystem
import NetworkAddress

/// A socket in a pod's namespace.
struct PodSocket: Sendable {
    var kind: BoundSocket.Kind
    var port: UInt16
    var descriptor: Int32

    /// Opens the ports of a pod, in the namespace of the calling thread. SCTP is not served.
    static func open(
        _ ports: [PodSpec.Container.Port], _ families: Set<IPFamily>
    ) throws(SystemError) -> [PodSocket] {
        var sockets: [PodSocket] = []
        var seen: Set<String> = []
        for port in ports where port.transport != "SCTP" {
            let kind: BoundSocket.Kind = port.transport == "UDP" ? .udp : .tcp
            guard let number = UInt16(exactly: port.containerPort), number > 0,
                seen.insert("\(kind) \(number)").inserted
            else { continue }
            do throws(SystemError) {
                for family in families.sorted() {
                    let descriptor = try BoundSocket.open(kind, family, port: number)
                    sockets.append(PodSocket(kind: kind, port: number, descriptor: descriptor))
                }
            } catch {
                for socket in sockets { socket.close() }
                throw error
            }
        }
        return sockets
    }

    func close() { BoundSocket.close(descriptor) }
}
