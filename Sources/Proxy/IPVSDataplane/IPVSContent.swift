internal import NetworkAddress
package import ServiceModel

/// The content that this backend sends to IPVS, for the benchmark's comparison of ways into the kernel.
package struct IPVSContent: Sendable {
    /// Messages that change virtual servers, in order.
    package struct Messages: Sendable {
        var commands: [IPVSCommand] = []

        package init() {}

        init(commands: [IPVSCommand]) { self.commands = commands }

        package var count: Int { commands.count }
        /// The same as ipvsadm --restore reads it.
        package var ipvsadmText: String { commands.map { "\($0.ipvsadmText)\n" }.joined() }
    }

    private var state: IPVSState

    package init(_ configuration: IPVSConfiguration) { state = IPVSState(configuration: configuration) }

    /// The messages that follow from a change of the Services.
    package mutating func take(_ delta: FamilyDelta) -> Messages {
        let plan = state.apply(delta, now: .zero).servers
        return Messages(commands: plan.additions + plan.retirements + plan.deletions)
    }
}

extension IPVSCommand {
    /// A line as ipvsadm --restore reads it.
    fileprivate var ipvsadmText: String {
        switch self {
        case .addServer(let key, let settings): "-A \(key.ipvsadmText) \(settings.ipvsadmText)"
        case .setServer(let key, let settings): "-E \(key.ipvsadmText) \(settings.ipvsadmText)"
        case .removeServer(let key): "-D \(key.ipvsadmText)"
        case .addEndpoint(let key, let endpoint, let weight):
            "-a \(key.ipvsadmText) -r \(endpoint) -m -w \(weight)"
        case .setEndpoint(let key, let endpoint, let weight):
            "-e \(key.ipvsadmText) -r \(endpoint) -m -w \(weight)"
        case .removeEndpoint(let key, let endpoint): "-d \(key.ipvsadmText) -r \(endpoint)"
        case .addLocalDelivery(let key, let family):
            "-a \(key.ipvsadmText) -r \(EndpointAddress(.loopback(family), 0)) -g -w 1"
        }
    }
}

extension VirtualServerKey {
    fileprivate var ipvsadmText: String {
        switch self {
        case .mark(let mark): "-f \(mark)"
        case .frontend(let key): "\(key.transport.ipvsadmOption) \(EndpointAddress(key.ip, key.port))"
        }
    }
}

extension TransportProtocol {
    fileprivate var ipvsadmOption: String {
        switch self {
        case .tcp: "-t"
        case .udp: "-u"
        case .sctp: "--sctp-service"
        }
    }
}

extension VirtualServerSettings {
    fileprivate var ipvsadmText: String {
        let flags = [
            (IPVSScheduling.Flags.fallback.rawValue, "\(scheduler)-fallback"),
            (IPVSScheduling.Flags.port.rawValue, "\(scheduler)-port"),
        ].filter { self.flags & $0.0 != 0 }.map(\.1)
        return "-s \(scheduler)" + (flags.isEmpty ? "" : " -b " + flags.joined(separator: ","))
            + (self.flags & Self.persistent == 0 ? "" : " -p \(timeout)")
    }
}
