import NetworkAddress

/// The service ports of a workload one after the other, as rules are written for them.
struct ServicePorts: Sequence {
    struct Port {
        var service: Int
        /// `tcp` or `udp`.
        var transport: String
        var clusterIP: IPAddress
        var endpoints: [Endpoint]

        /// `namespace/name:port`.
        var name: String { "\(Workload.namespace)/svc-\(service):\(transport)" }
        /// 16 letters and digits of its own, as upstream's hash is.
        var hash: String { ServicePorts.code(UInt64(service), transport) }
        func hash(of endpoint: Int) -> String { ServicePorts.code(UInt64(service) << 8 | UInt64(endpoint), transport) }
    }

    struct Endpoint: CustomStringConvertible {
        var address: IPAddress
        var description: String { "\(address):\(Workload.endpointPort)" }
    }

    /// What is not masqueraded.
    static let pods = "10.0.0.0/8"

    private let workload: Workload

    init(_ workload: Workload) {
        self.workload = workload
    }

    func makeIterator() -> AnyIterator<Port> {
        var service = 0
        var isDatagram = false
        let workload = workload
        return AnyIterator {
            guard service < workload.services else { return nil }
            let port = Port(
                service: service, transport: isDatagram ? "udp" : "tcp", clusterIP: workload.clusterIP(service),
                endpoints: workload.allEndpoints(service).map { Endpoint(address: $0) })
            if !isDatagram, workload.isProbed(service) {
                isDatagram = true
            } else {
                isDatagram = false
                service += 1
            }
            return port
        }
    }

    /// Spread like a hash, so that names have no order, and different for different numbers below 2^40: the steps can
    /// be undone.
    private static func code(_ number: UInt64, _ transport: String) -> String {
        var mixed = number &* 2 &+ (transport == "udp" ? 1 : 0)
        mixed ^= mixed >> 31
        mixed = mixed &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 29
        mixed = mixed &* 0xBF58_476D_1CE4_E5B9
        mixed ^= mixed >> 32
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return String((0..<16).map { letters[Int(mixed >> UInt64($0 * 5) & 31)] })
    }
}
