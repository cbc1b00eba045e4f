import DataplaneTesting
import Glibc
import LinuxSystem
import NetworkAddress
import ServiceModel
import Testing

@testable import Conntrack

/// The conntrack command, where it is installed: it makes and lists entries.
private enum ConntrackCommand {
    private static let path = ["/usr/sbin/conntrack", "/sbin/conntrack", "/usr/bin/conntrack"].first { (path: String) in
        access(path, X_OK) == 0
    }

    /// nil if the tests can run: in a network namespace of their own only, since its entries are foreign otherwise.
    static let missing: String? = {
        guard path != nil else { return "the conntrack command" }
        guard geteuid() == 0 else { return "root" }
        guard onlyLoopback else { return "a network namespace of its own with lo alone (unshare -n)" }
        return (try? run("-L")) == nil ? "connection tracking" : nil
    }()

    private static var onlyLoopback: Bool {
        guard let file = fopen("/proc/net/dev", "r") else { return false }
        defer { fclose(file) }
        var names: [String] = []
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let colon = text.firstIndex(of: ":") else { continue }
            names.append(String(text[..<colon].drop { $0 == " " }))
        }
        return names == ["lo"]
    }

    @discardableResult
    static func run(_ arguments: String) throws -> String {
        let command = try #require(path)
        // Its errors go to the terminal: with them it prints how many there are, in the middle of a line.
        let stream = try #require(popen("\(command) \(arguments)", "r"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
        let text = String(decoding: bytes, as: UTF8.self)
        try #require(pclose(stream) == 0, "conntrack \(arguments): \(text)")
        return text
    }

    /// Client ports of the entries from this address. Other tests connect over loopback meanwhile, and where one of them
    /// has the kernel track connections those have entries as well.
    static func clients(_ family: IPFamily, from client: String) throws -> Set<Int> {
        let lines = try run("-L -f \(family.rawValue.lowercased()) -s \(client)").split(separator: "\n")
        return Set(
            lines.compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("sport=") }.flatMap { Int($0.dropFirst(6)) }
            })
    }
}

@Suite(.serialized, .enabled(if: ConntrackCommand.missing == nil, "needs \(ConntrackCommand.missing ?? "")"))
struct ConntrackCleanerTests {
    private struct Flow {
        var client: Int
        var destination: String
        var port: Int
        var endpoint: String
        var endpointPort: Int
        var transport = "udp"
        /// Of TCP.
        var state = "ESTABLISHED"
    }

    private static func network(_ family: IPFamily, _ text: String) -> String {
        family == .ipv4 ? text : "fd00::" + text.split(separator: ".").joined(separator: ":")
    }

    private static func endpoint(_ family: IPFamily, _ text: String, _ port: UInt16) throws -> EndpointAddress {
        EndpointAddress(try #require(IPAddress(network(family, text))), port)
    }

    private static func frontend(
        _ family: IPFamily, _ text: String, _ port: UInt16, _ transport: TransportProtocol = .udp
    ) throws -> FrontendKey {
        FrontendKey(try endpoint(family, text, port).ip, port, transport)
    }

    private static func client(_ family: IPFamily) -> String { network(family, "10.0.0.1") }

    private static func clients(_ family: IPFamily) throws -> Set<Int> {
        try ConntrackCommand.clients(family, from: client(family))
    }

    private static func make(_ flow: Flow, _ family: IPFamily) throws {
        let client = client(family)
        try ConntrackCommand.run(
            "-I -p \(flow.transport) -s \(client)"
                + " -d \(network(family, flow.destination)) --sport \(flow.client) --dport \(flow.port)"
                + " -r \(network(family, flow.endpoint)) -q \(client)"
                + " --reply-port-src \(flow.endpointPort) --reply-port-dst \(flow.client) -t 600"
                + (flow.transport == "udp" ? "" : " --state \(flow.state)")
                + (flow.transport == "tcp" && flow.state == "ESTABLISHED" ? " -u SEEN_REPLY" : ""))
    }

    private static let flows = [
        // To the service, at an endpoint that lives, one that is gone, and none.
        Flow(client: 1001, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.1", endpointPort: 5353),
        Flow(client: 1002, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353),
        Flow(client: 1003, destination: "172.30.0.1", port: 53, endpoint: "172.30.0.1", endpointPort: 53),
        // The same endpoint at another port.
        Flow(client: 1004, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.1", endpointPort: 5354),
        // Another service, and another port of this one.
        Flow(client: 1005, destination: "172.30.0.2", port: 53, endpoint: "10.1.0.2", endpointPort: 5353),
        Flow(client: 1006, destination: "172.30.0.1", port: 54, endpoint: "10.1.0.2", endpointPort: 5353),
        // TCP ends by itself, but for a connection that nobody has answered.
        Flow(
            client: 1007, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353,
            transport: "tcp"),
        // A node port, of this node and of another address.
        Flow(client: 1008, destination: "192.0.2.9", port: 30053, endpoint: "10.1.0.2", endpointPort: 5353),
        Flow(client: 1009, destination: "192.0.2.9", port: 30053, endpoint: "10.1.0.1", endpointPort: 5353),
        Flow(client: 1010, destination: "198.51.100.1", port: 30053, endpoint: "10.1.0.2", endpointPort: 5353),
        // A frontend that is gone.
        Flow(client: 1011, destination: "172.30.0.3", port: 53, endpoint: "10.1.0.1", endpointPort: 5353),
        Flow(
            client: 1012, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353,
            transport: "tcp", state: "SYN_SENT"),
        Flow(
            client: 1013, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.1", endpointPort: 5353,
            transport: "tcp", state: "SYN_SENT"),
    ]

    @Test("Exactly the stale flows are removed", arguments: IPFamily.allCases)
    func staleFlows(family: IPFamily) async throws {
        try ConntrackCommand.run("-F")
        for flow in Self.flows { try Self.make(flow, family) }
        #expect(try Self.clients(family) == Set(1001...1013))
        let alive = FlowTargets([try Self.endpoint(family, "10.1.0.1", 5353)])
        let stale = StaleFamilyFlows(
            frontends: [
                try Self.frontend(family, "172.30.0.1", 53): alive,
                try Self.frontend(family, "172.30.0.1", 53, .tcp): alive,
                try Self.frontend(family, "172.30.0.3", 53): FlowTargets(), .nodePort(30053, .udp, family): alive,
            ], nodeAddresses: [try Self.endpoint(family, "192.0.2.9", 0).ip])
        let cleaner = try ConntrackCleaner()
        #expect(try await cleaner.removeStale(stale, family: family) == 6)
        #expect(try Self.clients(family) == [1001, 1005, 1006, 1007, 1009, 1010, 1013])
        #expect(try await cleaner.removeStale(stale, family: family) == 0)
        #expect(try await cleaner.removeStale(StaleFamilyFlows(), family: family) == 0)
    }

    @Test(
        "What this host's sockets served is forgotten: of TCP what was broken off, either way round",
        arguments: IPFamily.allCases)
    func untranslated(family: IPFamily) async throws {
        func own(_ client: Int, _ destination: String = "172.30.0.1", _ transport: String = "tcp", _ state: String = "")
            -> Flow
        {
            Flow(
                client: client, destination: destination, port: 53, endpoint: destination, endpointPort: 53,
                transport: transport, state: state)
        }
        try ConntrackCommand.run("-F")
        let flows = [
            own(3001, "172.30.0.1", "tcp", "ESTABLISHED"), own(3002, "172.30.0.1", "tcp", "TIME_WAIT"),
            own(3003, "172.30.0.1", "tcp", "CLOSE"), own(3004, "172.30.0.1", "udp"),
            // To somebody else, and what is translated.
            own(3005, "172.30.0.9", "tcp", "CLOSE"), own(3006, "172.30.0.9", "udp"),
            Flow(
                client: 3007, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353,
                transport: "tcp", state: "CLOSE"),
        ]
        for flow in flows { try Self.make(flow, family) }
        let client = Self.client(family)
        let service = Self.network(family, "172.30.0.1")
        try ConntrackCommand.run(
            "-I -p udp -s \(service) -d \(client) --sport 53 --dport 3008 -r \(client) -q \(service) "
                + "--reply-port-src 3008 --reply-port-dst 53 -t 600")
        let frontends = StaleFamilyFlows(
            frontends: [
                try Self.frontend(family, "172.30.0.1", 53): FlowTargets(),
                try Self.frontend(family, "172.30.0.1", 53, .tcp): FlowTargets(),
            ])
        try ConntrackCommand.run(
            "-I -p tcp -s \(service) -d \(client) --sport 53 --dport 3009 -r \(client) -q \(service) "
                + "--reply-port-src 3009 --reply-port-dst 53 -t 600 --state CLOSE")
        let cleaner = try ConntrackCleaner()
        #expect(try await cleaner.removeUntranslated(to: frontends, family: family, isEnd: false) == 4)
        #expect(try Self.clients(family) == [3001, 3002, 3005, 3006, 3007])
        #expect(try await cleaner.removeUntranslated(to: frontends, family: family, isEnd: true) == 2)
        #expect(try Self.clients(family) == [3005, 3006, 3007])
    }

    @Test("Connections of this host's sockets are made known, and known ones left alone", arguments: IPFamily.allCases)
    func carried(family: IPFamily) async throws {
        try ConntrackCommand.run("-F")
        try Self.make(
            Flow(
                client: 5001, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353,
                transport: "tcp"), family)
        let destination = try Self.endpoint(family, "172.30.0.1", 53)
        func connections(_ clients: ClosedRange<UInt16>) throws -> [AnswerEvent.Connection] {
            try clients.map {
                AnswerEvent.Connection(client: try Self.endpoint(family, "10.0.0.1", $0), destination: destination)
            }
        }
        let cleaner = try ConntrackCleaner()
        try await cleaner.add(try connections(5001...5300), family)
        #expect(try Self.clients(family) == Set(5001...5300))
        let lines = try ConntrackCommand.run("-L -p tcp -f \(family.rawValue.lowercased()) -s \(Self.client(family))")
            .split(separator: "\n").filter { $0.contains("ESTABLISHED") && $0.contains("ASSURED") }
        #expect(lines.count == 299, "all but the first are established both ways")
    }

    @Test("UDP flows that IPVS has forgotten are forgotten", arguments: IPFamily.allCases)
    func abandoned(family: IPFamily) async throws {
        try ConntrackCommand.run("-F")
        for client in 4001...4002 {
            try Self.make(
                Flow(client: client, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353),
                family)
        }
        // Nobody translates it, and netfilter does.
        try Self.make(
            Flow(client: 4003, destination: "172.30.0.1", port: 53, endpoint: "172.30.0.1", endpointPort: 53), family)
        try Self.make(
            Flow(
                client: 4004, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353,
                transport: "tcp"), family)
        try ConntrackCommand.run(
            "-I -p udp -s \(Self.client(family)) -d \(Self.network(family, "172.30.0.1")) --sport 4005 --dport 53 -t 600 "
                + "--dst-nat \(Self.network(family, "10.1.0.3"))")
        let known = AnswerEvent.Connection(
            client: try Self.endpoint(family, "10.0.0.1", 4002),
            destination: try Self.endpoint(family, "172.30.0.1", 53))
        let cleaner = try ConntrackCleaner()
        #expect(try await cleaner.removeAbandoned(family, except: [known]) == 1)
        #expect(try Self.clients(family) == [4002, 4003, 4004, 4005])
        #expect(try await cleaner.removeAbandoned(family, except: []) == 1)
        #expect(try Self.clients(family) == [4003, 4004, 4005])
    }

    @Test("Many stale flows, and the other family's are left alone")
    func manyFlows() async throws {
        try ConntrackCommand.run("-F")
        for client in 2000..<2040 {
            let flow = Flow(
                client: client, destination: "172.30.0.1", port: 53, endpoint: "10.1.0.2", endpointPort: 5353)
            try Self.make(flow, .ipv4)
            if client < 2005 { try Self.make(flow, .ipv6) }
        }
        let cleaner = try ConntrackCleaner()
        let stale = StaleFamilyFlows(frontends: [try Self.frontend(.ipv4, "172.30.0.1", 53): FlowTargets()])
        #expect(try await cleaner.removeStale(stale, family: .ipv4) == 40)
        #expect(try Self.clients(.ipv4) == [])
        #expect(try Self.clients(.ipv6) == Set(2000..<2005))
        let stale6 = StaleFamilyFlows(frontends: [try Self.frontend(.ipv6, "172.30.0.1", 53): FlowTargets()])
        #expect(try await cleaner.removeStale(stale6, family: .ipv6) == 5)
    }
}
