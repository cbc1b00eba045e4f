internal import Glibc
internal import NetworkAddress
internal import ServiceModel

/// The last message that adds or sets an endpoint, changed in place for the next one of the same virtual server.
struct EndpointMessage {
    private(set) var command: IPVSEnumeration?
    private(set) var key: VirtualServerKey?
    private(set) var bytes: [UInt8] = []

    init() {}

    /// - Parameter bytes: as ``IPVSCodec`` writes them.
    init(command: IPVSEnumeration, key: VirtualServerKey, bytes: [UInt8]) {
        self.command = command
        self.key = key
        self.bytes = bytes
    }

    /// Of nlmsg_seq in struct nlmsghdr.
    private static let sequenceOffset = 8
    // The values of IPVS_DEST_ATTR_ADDR, _PORT and _WEIGHT, from the end.
    private static let address = 56
    private static let port = 36
    private static let weight = 20

    mutating func change(to endpoint: EndpointAddress, weight: UInt16, sequence: UInt32) {
        let end = bytes.count
        unsafe bytes.withUnsafeMutableBytes { raw in
            unsafe raw.storeBytes(of: sequence, toByteOffset: Self.sequenceOffset, as: UInt32.self)
            if endpoint.ip.family == .ipv4 {
                let address = UInt32(truncatingIfNeeded: endpoint.ip.value).bigEndian
                unsafe raw.storeBytes(of: address, toByteOffset: end - Self.address, as: UInt32.self)
            } else {
                let address = endpoint.ip.value.bigEndian
                unsafe raw.storeBytes(of: address, toByteOffset: end - Self.address, as: UInt128.self)
            }
            unsafe raw.storeBytes(of: endpoint.port.bigEndian, toByteOffset: end - Self.port, as: UInt16.self)
            unsafe raw.storeBytes(of: UInt32(weight), toByteOffset: end - Self.weight, as: UInt32.self)
        }
    }
}
