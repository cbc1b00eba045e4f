internal import Crypto
internal import ServiceModel

/// The names of one Service port's chains, as kube-proxy forms them: a prefix and 80 bits of a hash of
/// `namespace/name:port` and the protocol, in base 32.
struct ServiceChainNames: Sendable {
    private let service: String
    private let hash: [UInt8]

    init(_ name: ServicePortName) {
        service = "\(name)\(name.transport.apiName.lowercased())"
        hash = Self.hash(service)
    }

    /// The endpoints of a list.
    func chain(_ list: EndpointList) -> ChainName { named(list == .local ? "KUBE-SVL-" : "KUBE-SVC-") }
    /// Connections to external addresses and node ports.
    var external: ChainName { named("KUBE-EXT-") }
    /// LoadBalancerSourceRanges.
    var firewall: ChainName { named("KUBE-FW-") }

    /// The list of an endpoint's clients. The name is upstream's, so that clients keep their endpoint when one proxy
    /// takes over from the other.
    func clientList(_ endpoint: EndpointAddress) -> String {
        String(decoding: Array("KUBE-SEP-".utf8) + Self.hash("\(service)\(endpoint)"), as: UTF8.self)
    }

    private func named(_ prefix: StaticString) -> ChainName {
        ChainName("\(prefix)".utf8 + hash)
    }

    /// 16 characters of base 32 (RFC 4648).
    static func hash(_ text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var digest = SHA256.hash(data: Array(text.utf8)).makeIterator()
        var bits: UInt32 = 0
        var count = 0
        var result: [UInt8] = []
        result.reserveCapacity(16)
        while result.count < 16 {
            if count < 5, let byte = digest.next() {
                bits = bits << 8 | UInt32(byte)
                count += 8
            }
            count -= 5
            result.append(alphabet[Int(bits >> UInt32(count) & 31)])
        }
        return result
    }
}
