import NetworkAddress
import PacketFilter
import ServiceModel

/// The rules on a packet's path, hook by hook. Pure.
struct PacketPath {
    let walk: PacketWalk
    let flow: Flow
    let source: IPAddress?
    /// The device that packets come in by; empty: they begin here; nil: not known.
    let input: String?
    /// What packets are marked with once they are translated.
    let mark: UInt32
    let isLocal: (IPAddress) -> Bool
    var gaps: [String] = []
    private var found: [(obstacle: Explanation.Obstacle, endpoint: String?)] = []
    /// Endpoints that packets are forwarded to.
    private var forwarded: [String] = []
    private var forwardingProblem: String?

    /// NF_IP_PRI_NAT_DST: who has it or a lower one sees the destination as the client wrote it.
    private static let translation: Int32 = -100

    init(
        walk: PacketWalk, flow: Flow, source: IPAddress?, input: String?, mark: UInt32,
        isLocal: @escaping (IPAddress) -> Bool
    ) {
        self.walk = walk
        self.flow = flow
        self.source = source
        self.input = input
        self.mark = mark
        self.isLocal = isLocal
    }

    private func packet(to endpoint: EndpointAddress?, output: String?, begins: Bool) -> Packet {
        let destination = endpoint ?? flow.destination
        return Packet(
            source: begins && flow.client.origin != .node ? nil : source, destination: destination.ip,
            transport: flow.transport.rawValue, destinationPort: destination.port, inputDevice: begins ? "" : input,
            outputDevice: output, mark: endpoint == nil ? 0 : mark, isTranslated: endpoint != nil,
            sourceIsLocal: begins || flow.client.origin == .node, destinationIsLocal: isLocal(destination.ip))
    }

    /// Up to where the proxy takes the connection.
    mutating func addArrival(takesAtInput: Bool) {
        let isNode = flow.client.origin == .node
        let packet = packet(to: nil, output: nil, begins: isNode)
        add(
            walk.fates(
                of: packet, at: isNode ? .output : .prerouting,
                priorities: takesAtInput ? .min ... .max : .min...Self.translation), nil)
        if takesAtInput {
            var arriving = packet
            arriving.destinationIsLocal = true
            add(walk.fates(of: arriving, at: .input, priorities: .min...98), nil)
        }
    }

    /// Behind the translation, to an endpoint on this host.
    mutating func addLocal(_ endpoint: EndpointAddress, _ text: String) {
        add(walk.fates(of: packet(to: endpoint, output: "", begins: false), at: .input), text)
    }

    /// Behind the translation, to an endpoint in a pod or on another host.
    mutating func addForward(_ endpoint: EndpointAddress, _ text: String, output: String, begins: Bool, isRelayed: Bool)
    {
        let packet = packet(to: endpoint, output: output, begins: begins)
        // Answers are forwarded where requests are not.
        if flow.client.origin != .node, !isRelayed { forwarded.append(text) }
        if begins {
            add(walk.fates(of: packet, at: .output, priorities: (Self.translation + 1) ... .max), text)
        } else {
            add(walk.fates(of: packet, at: .prerouting, priorities: (Self.translation + 1) ... .max), text)
            add(walk.fates(of: packet, at: .forward), text)
        }
        add(walk.fates(of: packet, at: .postrouting), text)
    }

    /// Behind the translation, where this host does not forward.
    mutating func addUnforwarded(_ text: String) { forwarded.append(text) }

    mutating func noteForwarding(_ message: String) { forwardingProblem = message }

    mutating func note(_ kind: String, _ place: String, _ message: String, _ endpoint: String) {
        found.append((Explanation.Obstacle(kind: kind, isCertain: true, place: place, message: message), endpoint))
    }

    private mutating func add(_ fates: [PacketFate], _ endpoint: String?) {
        for fate in fates {
            let verb: String
            switch fate.kind {
            case .drop: verb = fate.isCertain ? "drops it" : "may drop it"
            case .reject: verb = fate.isCertain ? "refuses it" : "may refuse it"
            case .untrack:
                // Behind the translation it does no harm.
                guard endpoint == nil else { continue }
                verb =
                    (fate.isCertain ? "takes" : "may take")
                    + " it from connection tracking, so that nobody translates it"
            case .translate: verb = fate.isCertain ? "sends it elsewhere" : "may send it elsewhere"
            }
            let obstacle = Explanation.Obstacle(
                kind: fate.kind.rawValue, isCertain: fate.isCertain, place: "\(fate.table), chain \(fate.chain)",
                message: "\(fate.rule): \(verb)")
            found.append((obstacle, endpoint))
        }
    }

    /// Each once, with the endpoints that it concerns.
    func obstacles(of count: Int) -> [Explanation.Obstacle] {
        var obstacles: [Explanation.Obstacle] = []
        for (obstacle, endpoint) in found {
            let index =
                obstacles.firstIndex {
                    $0.kind == obstacle.kind && $0.place == obstacle.place && $0.message == obstacle.message
                } ?? obstacles.endIndex
            if index == obstacles.endIndex { obstacles.append(obstacle) }
            if let endpoint { obstacles[index].endpoints.append(endpoint) }
        }
        if let forwardingProblem, !forwarded.isEmpty {
            var obstacle = Explanation.Obstacle(
                kind: "forwarding", isCertain: true, place: "sysctl", message: forwardingProblem)
            obstacle.endpoints = forwarded
            obstacles.append(obstacle)
        }
        for index in obstacles.indices where obstacles[index].endpoints.count >= count {
            obstacles[index].endpoints = []
        }
        return obstacles
    }
}
