import Dataplane
import HostInspection
import LinuxSystem
import Netlink
import NetworkAddress
import Nftables
import PacketFilter
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// The path of a connection's packets through this host: routes, forwarding, and the rules of all programs.
struct HostPath {
    private let facts: ClusterFacts
    private let givenDevice: String?
    private let devices: Observation<[NetworkDevice]>

    init(_ facts: ClusterFacts, inputDevice: String?) {
        self.facts = facts
        givenDevice = inputDevice
        devices = HostReader.observe { () throws(SystemError) in try NetworkDevice.all() }
    }

    private func name(_ index: UInt32) -> String? { devices.value?.first { $0.index == index }?.name }
    private func index(_ name: String) -> UInt32? { devices.value?.first { $0.name == name }?.index }

    private func lookup(
        _ destination: IPAddress, from source: IPAddress? = nil, by device: UInt32? = nil
    ) throws(SystemError) -> RouteAnswer? {
        var socket = try RouteSocket()
        return try socket.route(to: destination, from: source, inputDevice: device)
    }

    /// The device that packets from an address come in by, as answers would go out.
    static func device(of address: IPAddress) -> String? {
        do throws(SystemError) {
            var socket = try RouteSocket()
            guard let answer = try socket.route(to: address), answer.kind == .unicast else { return nil }
            return try NetworkDevice.all().first { $0.index == answer.device }?.name
        } catch {
            return nil
        }
    }

    /// What the kernel takes for the source of what this node sends.
    func source(to flow: Flow) -> IPAddress? {
        if let address = flow.client.address { return address }
        do throws(SystemError) {
            return try lookup(flow.destination.ip)?.source
        } catch {
            return nil
        }
    }

    private func inputDevice(_ flow: Flow) -> String? {
        if flow.client.origin == .node { return "" }
        return givenDevice ?? flow.client.address.flatMap { Self.device(of: $0) }
    }

    // MARK: What nobody translates

    func route(of flow: Flow) -> Explanation.RoutePart {
        let destination = flow.destination.ip
        let answer: RouteAnswer?
        do throws(SystemError) {
            answer = try lookup(destination)
        } catch {
            return Explanation.RoutePart(kind: "unreachable")
        }
        switch answer?.kind {
        case nil, .refused?: return Explanation.RoutePart(kind: "unreachable")
        case .local?:
            return Explanation.RoutePart(kind: "local", isListening: isListening(flow))
        case .unicast?, .broadcast?:
            return Explanation.RoutePart(
                kind: "forwarded", device: answer.flatMap { name($0.device) }, gateway: answer?.gateway?.description)
        }
    }

    /// Nil: not known, or SCTP.
    private func isListening(_ flow: Flow) -> Bool? {
        guard flow.transport != .sctp else { return nil }
        let sockets = HostReader.observe { () throws(SystemError) in
            try ListeningSocket.all(isTCP: flow.transport == .tcp)
        }
        return sockets.value?.contains { $0.port == flow.destination.port && $0.serves(flow.destination.ip) }
    }

    // MARK: What is in the way

    func addObstacles(_ prediction: Prediction, _ explanation: inout Explanation) {
        let flow = prediction.flow
        let mode = facts.settings.mode
        let takesAtInput = mode.capabilities.contains(.takesAtInput)
        let input = inputDevice(flow)
        let walk = walk(flow.family, &explanation)
        var path = PacketPath(
            walk: walk, flow: flow, source: prediction.source, input: input,
            mark: explanation.masquerade?.applies == true && mode.usesNetfilter
                ? facts.settings.backendSettings.masqueradeMark : 0,
            isLocal: facts.isLocal)
        path.addArrival(takesAtInput: takesAtInput)
        // Of thousands of endpoints the first ones tell enough.
        for endpoint in explanation.endpoints.prefix(64) {
            guard let address = Self.endpoint(endpoint.address) else { continue }
            let begins = flow.client.origin == .node || takesAtInput
            addRoute(to: address, endpoint.address, flow, begins ? nil : input, begins: begins, &path)
        }
        if flow.client.origin != .node, let input { addForwarding(input, flow.family, &path) }
        explanation.gaps += Set(path.gaps).sorted().map { Gap("routes", $0) }
        explanation.obstacles = path.obstacles(of: explanation.endpoints.count)
    }

    private static func endpoint(_ text: String) -> EndpointAddress? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        return FlowTarget.address(String(text[..<colon])).map { EndpointAddress($0, port) }
    }

    private func addRoute(
        to endpoint: EndpointAddress, _ text: String, _ flow: Flow, _ input: String?, begins: Bool,
        _ path: inout PacketPath
    ) {
        let device = input.flatMap { $0.isEmpty ? nil : index($0) }
        do throws(SystemError) {
            let answer = try lookup(
                endpoint.ip, from: device == nil ? nil : flow.client.address, by: device)
            guard let answer else {
                return path.note("no-route", "routes", "there is no route to \(endpoint.ip)", text)
            }
            switch answer.kind {
            case .refused(let how):
                path.note("no-route", "routes", "a route says that \(endpoint.ip) is \(how)", text)
            case .local: path.addLocal(endpoint, text)
            case .unicast, .broadcast:
                path.addForward(
                    endpoint, text, output: name(answer.device) ?? "", begins: begins,
                    isRelayed: !facts.settings.mode.usesNetfilter)
            }
        } catch {
            let device = input ?? "this host"
            if isForwarding(device, flow.family) == false {
                // Named by itself, once for all endpoints.
                path.addUnforwarded(text)
            } else if error.isUnreachable {
                path.note("no-route", "routes", "a route says that \(endpoint.ip) is unreachable, by \(device)", text)
            } else if error.isReversePathFailure, let filter = reversePathFilter(device) {
                path.note(
                    "reverse-path", "rp_filter of \(device) is \(filter)",
                    "packets of \(flow.client.address?.description ?? "the client") that come in by \(device) are "
                        + "dropped: answers would go out by another device, or nowhere", text)
            } else {
                path.gaps.append("\(error)")
            }
        }
    }

    /// The larger one of a device's own value and the one of all counts; nil: packets are not filtered.
    private func reversePathFilter(_ device: String) -> Int? {
        let values = ["all", device].compactMap { name in
            HostReader.observe { () throws(SystemError) in
                try KernelFile.read("/proc/sys/net/ipv4/conf/\(name)/rp_filter", limit: 64)
            }.value.flatMap { Int($0.prefix { $0.isNumber }) }
        }
        return values.max().flatMap { $0 > 0 ? $0 : nil }
    }

    /// Nil: not known.
    private func isForwarding(_ device: String, _ family: IPFamily) -> Bool? {
        let path = Self.forwardingPath(device, family)
        let text = HostReader.observe { () throws(SystemError) in try KernelFile.read(path, limit: 64) }.value
        return text.map { !$0.hasPrefix("0") }
    }

    private static func forwardingPath(_ device: String, _ family: IPFamily) -> String {
        "/proc/sys/net/\(family == .ipv4 ? "ipv4" : "ipv6")/conf/\(family == .ipv4 ? device : "all")/forwarding"
    }

    private func addForwarding(_ device: String, _ family: IPFamily, _ path: inout PacketPath) {
        guard !device.isEmpty, isForwarding(device, family) == false else { return }
        let file = Self.forwardingPath(device, family)
        path.noteForwarding("packets that come in by \(device) are not forwarded: \(file) is 0")
    }

    // MARK: Rules

    private func walk(_ family: IPFamily, _ explanation: inout Explanation) -> PacketWalk {
        var tables: [PacketChains] = []
        do throws(SystemError) {
            let ours = Set(
                Backend.allCases.flatMap(\.traces).compactMap { trace -> String? in
                    if case .table(let name) = trace { name } else { nil }
                })
            tables += try RulesetListing.read(family).packetChains(except: ours)
        } catch {
            if !error.isAbsence { explanation.gaps.append(Gap("rules of others in nf_tables", "\(error)")) }
        }
        do throws(SystemError) {
            for table in try LegacyRules.readAll(family) {
                // What translates there is ours, and compared with what it should be.
                tables.append(table.packetChains { table.table == "nat" && $0.hasPrefix("KUBE-") })
            }
        } catch {
            if !error.isAbsence { explanation.gaps.append(Gap("rules of others in the legacy tables", "\(error)")) }
        }
        return PacketWalk(tables)
    }
}
