internal import CIPVS
internal import Dataplane
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// Where the service addresses are addresses of this host, so that packets to them come to the input hook: a dummy
/// device of ours, or where the kernel has none, local routes to loopback that carry a number of ours.
struct ServiceDevice: ~Copyable {
    /// What holds the addresses.
    enum Place: Hashable, Sendable {
        /// The index of the dummy device.
        case device(UInt32)
        case routes
    }

    /// The addresses of one family on this host.
    struct Addresses: Hashable, Sendable {
        var ours: Set<IPAddress> = []
        /// On all other devices.
        var others: Set<IPAddress> = []
    }

    private let codec: RouteCodec
    private let name: String
    private var socket: NetlinkSocket
    private(set) var place: Place?

    /// - Parameter name: of the device; ours alone.
    init(family: IPFamily, name: String) throws(DataplaneError) {
        codec = RouteCodec(family: family)
        self.name = name
        do throws(SystemError) {
            socket = try NetlinkSocket(protocol: NETLINK_ROUTE)
        } catch {
            throw Self.error(error)
        }
    }

    /// Makes the device if it is not there, or finds out that the kernel has no such devices.
    mutating func prepare() throws(DataplaneError) -> Place {
        do throws(SystemError) {
            if try index() == nil, let rejection = try send(codec.newDevice(name)), rejection.code != EEXIST {
                guard rejection.code == EOPNOTSUPP else { throw rejection }
                place = .routes
                return .routes
            }
            guard let index = try index() else { throw SystemError("find device \(name)", code: ENODEV) }
            place = .device(index)
            return .device(index)
        } catch {
            throw Self.error(error)
        }
    }

    /// What is there now. ``prepare()`` comes first.
    mutating func read() throws(DataplaneError) -> Addresses {
        var found = Addresses()
        let codec = codec
        let place = place
        do throws(SystemError) {
            let sequence = socket.reserveSequence()
            try socket.request(
                codec.addressDump(sequence: sequence), sequence: sequence, operation: "list addresses"
            ) { message in
                guard let (address, index) = codec.readAddress(message) else { return }
                if place == .device(index) { found.ours.insert(address) } else { found.others.insert(address) }
            }
            if place == .routes {
                let sequence = socket.reserveSequence()
                try socket.request(
                    codec.routeDump(sequence: sequence), sequence: sequence, operation: "list local routes"
                ) { message in
                    if let address = codec.readRoute(message) { found.ours.insert(address) }
                }
            }
        } catch {
            throw Self.error(error)
        }
        return found
    }

    /// What is there without anything being made.
    mutating func present() throws(DataplaneError) -> Set<IPAddress> {
        do throws(SystemError) { place = try index().map { .device($0) } ?? .routes } catch { throw Self.error(error) }
        return try read().ours
    }

    /// Adds and removes addresses, in one call; those that are there, or gone, already are no error.
    ///
    /// - Returns: messages and bytes sent.
    mutating func change(
        add added: some Sequence<IPAddress>, remove removed: some Sequence<IPAddress>
    ) throws(DataplaneError) -> (messages: Int, bytes: Int) {
        guard let place else { return (0, 0) }
        var writer = NetlinkWriter()
        let first = socket.reserveSequence(1 << 20)
        for address in removed {
            codec.write(address, at: place, isAdded: false, sequence: first, to: &writer)
        }
        for address in added { codec.write(address, at: place, isAdded: true, sequence: first, to: &writer) }
        guard writer.messageCount > 0 else { return (0, 0) }
        do throws(SystemError) {
            let harmless: Set = [EEXIST, EADDRNOTAVAIL, ESRCH]
            let rejections = try socket.sendBatch(writer.bytes)
            if let fault = rejections.first(where: { !harmless.contains($0.error.code) }) {
                throw SystemError("change service addresses", code: fault.error.code)
            }
        } catch {
            throw Self.error(error)
        }
        return (writer.messageCount, writer.bytes.count)
    }

    /// Removes this family's addresses, and the device if it holds none of the other family either.
    mutating func removeAll() throws(DataplaneError) {
        _ = try change(add: [], remove: try present())
        guard case .device(let index)? = place else { return }
        var isUsed = false
        do throws(SystemError) {
            let sequence = socket.reserveSequence()
            try socket.request(
                RouteCodec.addressDumpOfAllFamilies(sequence: sequence), sequence: sequence,
                operation: "list addresses"
            ) { if RouteCodec.deviceIndex($0) == index { isUsed = true } }
            if !isUsed, let rejection = try send(codec.deleteDevice(index)), rejection.code != ENODEV {
                throw rejection
            }
        } catch {
            throw Self.error(error)
        }
    }

    /// nil if there is no such device.
    private mutating func index() throws(SystemError) -> UInt32? {
        var index: UInt32?
        let sequence = socket.reserveSequence()
        do throws(SystemError) {
            try socket.request(
                codec.deviceRequest(name, sequence: sequence), sequence: sequence, operation: "find device \(name)"
            ) { index = RouteCodec.deviceIndex($0) }
        } catch  where error.code == ENODEV {
            return nil
        }
        return index
    }

    /// Sends one message; returns why it was refused.
    private mutating func send(_ message: (UInt32) -> [UInt8]) throws(SystemError) -> SystemError? {
        try socket.sendBatch(message(socket.reserveSequence())).first?.error
    }

    private static func error(_ error: SystemError) -> DataplaneError {
        DataplaneError(operation: error.operation, code: error.code, message: error.message)
    }
}
