internal import CIPVS
internal import Dataplane
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// IPVS in this network namespace, for one IP family: reads and changes it.
struct IPVSKernel: ~Copyable {
    /// More messages do not go into one send: the kernel copies each send as a whole.
    private static let messagesPerSend = 1000

    private let codec: IPVSCodec
    private var socket: NetlinkSocket
    private var schedulers: [IPVSScheduler: Bool] = [:]

    /// Fails with a message fit for the user if this kernel has no IPVS.
    init(family: IPFamily) throws(DataplaneError) {
        let type = try DataplaneError.wrapping { () throws(SystemError) in try GenericFamily.number("IPVS") }
        guard let type else {
            throw DataplaneError(
                operation: "proxy mode ipvs", code: ENOTSUP,
                message: "this kernel has no IPVS: load the module ip_vs, or use a kernel with CONFIG_IP_VS")
        }
        socket = try DataplaneError.wrapping { () throws(SystemError) in
            try NetlinkSocket(protocol: NETLINK_GENERIC)
        }
        codec = IPVSCodec(family: family, type: type)
    }

    // MARK: Reading

    /// All virtual servers of the family with their endpoints.
    mutating func servers() throws(DataplaneError) -> [VirtualServerKey: KernelServer] {
        var servers: [VirtualServerKey: KernelServer] = [:]
        let codec = codec
        try request("list virtual servers", codec.serverDump) { message in
            if let (key, settings) = codec.readServer(message) {
                servers[key] = KernelServer(settings: settings, endpoints: [:])
            }
        }
        for key in servers.keys { servers[key]?.endpoints = try endpoints(of: key) }
        return servers
    }

    /// The endpoints of one of them.
    mutating func endpoints(
        of key: VirtualServerKey
    ) throws(DataplaneError) -> [EndpointAddress: KernelServer.Endpoint] {
        var endpoints: [EndpointAddress: KernelServer.Endpoint] = [:]
        let codec = codec
        try request("list endpoints of \(key)") { (sequence) throws(SystemError) in
            try codec.endpointDump(of: key, sequence: sequence)
        } _: { message in
            if let (address, facts) = codec.readEndpoint(message) { endpoints[address] = facts }
        }
        return endpoints
    }

    /// Sends one request and hands over the answers; begins anew where what is listed changes meanwhile.
    private mutating func request(
        _ operation: String, _ write: (UInt32) throws(SystemError) -> [UInt8], _ body: (NetlinkMessage) -> Void
    ) throws(DataplaneError) {
        try DataplaneError.wrapping { () throws(SystemError) in
            try NetlinkSocket.untilConsistent { () throws(SystemError) in
                let sequence = socket.reserveSequence()
                try socket.request(try write(sequence), sequence: sequence, operation: operation, body)
            }
        }
    }

    // MARK: Changes

    /// Sends commands, many in one call. What names an address that the kernel takes for no host's is left out; any
    /// other refusal is an error.
    mutating func send(
        _ commands: [IPVSCommand]
    ) throws(DataplaneError) -> (report: ApplyReport, refused: [(VirtualServerKey, EndpointAddress)]) {
        var report = ApplyReport()
        var refused: [(VirtualServerKey, EndpointAddress)] = []
        var rest = commands[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.messagesPerSend)
            rest = rest.dropFirst(part.count)
            let sent = try sendBatch(part)
            for rejection in sent.rejections where part.indices.contains(part.startIndex + rejection.index) {
                let command = part[part.startIndex + rejection.index]
                guard case .addEndpoint(let key, let endpoint, _) = command, rejection.error.code == EINVAL else {
                    throw DataplaneError(
                        operation: "IPVS: \(command.text)", code: rejection.error.code,
                        message: rejection.error.message)
                }
                refused.append((key, endpoint))
            }
            report.messages += part.count
            report.bytes += sent.bytes
        }
        report.added = commands.count { $0.adds }
        report.removed = commands.count - report.added
        return (report, refused)
    }

    /// Sets the timeouts of this network namespace that are not zero.
    mutating func set(_ timeouts: IPVSConfiguration.Timeouts) throws(DataplaneError) {
        guard timeouts != IPVSConfiguration.Timeouts() else { return }
        let codec = codec
        try request("set IPVS timeouts") { (sequence) throws(SystemError) in
            try codec.timeouts(timeouts, sequence: sequence)
        } _: { _ in
        }
    }

    /// Whether the kernel has a scheduler, or a module with it. Asked by making a virtual server of a mark that no
    /// packet has, once.
    mutating func has(_ scheduler: IPVSScheduler) throws(DataplaneError) -> Bool {
        if let known = schedulers[scheduler] { return known }
        let key = VirtualServerKey.mark(ServiceMark.probe)
        // One that a process left behind may be there.
        _ = try attempt(.removeServer(key))
        let error = try attempt(.addServer(key, VirtualServerSettings(scheduler: scheduler.rawValue)))
        if error == nil { _ = try attempt(.removeServer(key)) }
        if let error, error.code != ENOENT {
            throw DataplaneError(
                operation: "try the scheduler \(scheduler.rawValue)", code: error.code, message: error.message)
        }
        schedulers[scheduler] = error == nil
        return error == nil
    }

    private mutating func attempt(_ command: IPVSCommand) throws(DataplaneError) -> SystemError? {
        try sendBatch([command]).rejections.first?.error
    }

    /// Sends messages that ask for no acknowledgement in one call; returns what was refused.
    private mutating func sendBatch(
        _ commands: ArraySlice<IPVSCommand>
    ) throws(DataplaneError) -> (bytes: Int, rejections: [(index: Int, error: SystemError)]) {
        try DataplaneError.wrapping { () throws(SystemError) in
            let first = socket.reserveSequence(commands.count)
            var writer = NetlinkWriter(reservingCapacity: commands.count * 160)
            try codec.write(commands, first: first, to: &writer)
            let rejections = try socket.sendBatch(writer.bytes).map { (Int($0.sequence &- first), $0.error) }
            return (writer.bytes.count, rejections)
        }
    }
}
