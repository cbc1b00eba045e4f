public import JSONStream
import NetworkAddress
import StatusServing
import Yams

extension KubeProxyConfiguration {
    /// Decodes a YAML or JSON file strictly and fills in defaults. The values are not validated yet:
    /// ``ProxySettings`` does that.
    ///
    /// - Parameter source: the file's name, for messages.
    /// - Throws: all unknown and duplicate fields and wrong types at once.
    public init(parsing bytes: [UInt8], source: String) throws(ConfigurationError) {
        var warnings: [ConfigurationProblem] = []
        try self.init(parsing: bytes, source: source, isStrict: true, warnings: &warnings)
    }

    /// Decodes a YAML or JSON file and fills in defaults.
    ///
    /// - Parameters:
    ///   - source: the file's name, for messages.
    ///   - isStrict: whether unknown and duplicate fields are errors, as wrong types are. Upstream's v1alpha1 accepts
    ///     them.
    ///   - warnings: gets the ignored fields if not strict.
    /// - Throws: all faults at once.
    public init(
        parsing bytes: [UInt8], source: String, isStrict: Bool, warnings: inout [ConfigurationProblem]
    ) throws(ConfigurationError) {
        let root = try ConfigurationParser.parse(bytes, source: source)
        guard case .mapping(let members) = root.content else {
            throw ConfigurationError(
                source: source, message: "must be an object of kind \(Self.kind), not \(root.text)")
        }
        self.init()
        // Defaults that depend on another field are filled in below.
        healthzBindAddress = ""
        metricsBindAddress = ""
        var problems = ConfigurationProblems(isStrict: isStrict)
        if root.furtherDocuments > 0 {
            problems.addIgnored(
                "", "the file holds \(root.furtherDocuments + 1) YAML documents", remedy: "it must hold one",
                outcome: "the first is read", line: nil)
        }
        Self.check("apiVersion", members.last { $0.key == "apiVersion" }?.value, Self.apiVersion, &problems)
        Self.check("kind", members.last { $0.key == "kind" }?.value, Self.kind, &problems)
        (Self.fields + Self.type).decode(&self, root, at: "", problems: &problems)
        guard problems.all.isEmpty else { throw ConfigurationError(source: source, problems: problems.all) }
        warnings += problems.warnings
        fillDefaults()
    }

    private static func check(
        _ field: String, _ node: ConfigurationNode?, _ wanted: String, _ problems: inout ConfigurationProblems
    ) {
        guard node?.string != wanted else { return }
        problems.add(
            field, "must be \"\(wanted)\"" + (node.map { ", not \($0.text)" } ?? "; it is missing"), line: node?.line)
    }

    /// What an empty value means (upstream's SetDefaults_KubeProxyConfiguration).
    private mutating func fillDefaults() {
        if bindAddress.isEmpty { bindAddress = "0.0.0.0" }
        let isIPv4 = IPAddress(bindAddress)?.family != .ipv6
        healthzBindAddress =
            healthzBindAddress.isEmpty
            ? (isIPv4 ? "0.0.0.0:10256" : "[::]:10256") : HostPort.appendPort(10256, to: healthzBindAddress)
        metricsBindAddress =
            metricsBindAddress.isEmpty
            ? (isIPv4 ? "127.0.0.1:10249" : "[::1]:10249") : HostPort.appendPort(10249, to: metricsBindAddress)
        if iptables.syncPeriod == .zero { iptables.syncPeriod = .seconds(30) }
        if ipvs.syncPeriod == .zero { ipvs.syncPeriod = .seconds(30) }
        if nftables.syncPeriod == .zero { nftables.syncPeriod = .seconds(30) }
        if configSyncPeriod == .zero { configSyncPeriod = .seconds(15 * 60) }
        if clientConnection.contentType.isEmpty {
            clientConnection.contentType = "application/vnd.kubernetes.protobuf"
        }
        if clientConnection.qps == 0 { clientConnection.qps = 5 }
        if clientConnection.burst == 0 { clientConnection.burst = 10 }
        if logging.format.isEmpty { logging.format = "text" }
        if logging.flushFrequency == .zero { logging.flushFrequency = .seconds(5) }
    }

    /// The object as JSON: all fields that v1.36 knows, sorted by name.
    public var json: JSONValue {
        (Self.fields + Self.type).encode(self)
    }

    private static var type: [ConfigurationField<Self>] {
        [.constant("apiVersion", apiVersion), .constant("kind", kind)]
    }

    /// The object as a YAML file, as upstream's `--write-config-to` writes it.
    public var yaml: String {
        get throws { try Yams.serialize(node: Self.node(json), sortKeys: true) }
    }

    private static func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: Node("null", Tag(.null))
        case .bool(let value): Node(value ? "true" : "false", Tag(.bool))
        case .integer(let value): Node(String(value), Tag(.int))
        case .double(let value): Node("\(value)", Tag(.float))
        case .string(let value): node(string: value)
        case .array(let elements): Node(elements.map { node($0) })
        case .object(let members):
            mapping(members.map { (Node($0.key), node($0.value)) })
        }
    }

    private static func mapping(_ members: [(Node, Node)]) -> Node {
        Node(members, .implicit, members.isEmpty ? .flow : .block)
    }

    /// Quotes what would be read as another type.
    private static func node(string: String) -> Node {
        let plain = Node(string)
        let isPlain = !string.isEmpty && plain.tag == Tag(.str)
        return isPlain ? plain : Node(string, Tag(.str), .doubleQuoted)
    }
}
