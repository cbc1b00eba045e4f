import StatusServing

/// The parsed command line of `viaduct proxy`.
public struct ProxyOptions: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case run
        /// Remove Viaduct's rules of all modes, and any service proxy's chains in the legacy tables, and exit.
        case cleanup
        /// Apply kernel settings and exit.
        case initialize
        /// Write ``ProxyOptions/configuration`` to this file and exit.
        case writeConfiguration(path: String)
    }

    public var action = Action.run
    /// From the file or from the flags, with defaults; for `/configz` and `--write-config-to`.
    public var configuration: KubeProxyConfiguration
    /// The validated settings.
    public var settings: ProxySettings
    /// The configuration file, if there is one.
    public var configurationFile: String?
    /// Lines to log once logging is set up.
    public var notices: [String] = []
    /// The ignored parts of the configuration file, as lines for the log.
    public var warnings: [String] = []
    /// Every flag with its value, for `/flagz`.
    public var flags: [String: String]

    /// Combines flags and the file that they name, as upstream does: with a file, only the flags for logging, the API
    /// server's URL and the node's name still apply.
    ///
    /// - Parameter read: reads a file; its error becomes the message.
    /// - Throws: all faults.
    public init(
        flags: ProxyFlags, read: (String) throws -> [UInt8]
    ) throws(ConfigurationError) {
        var problems = ConfigurationProblems()
        var notices = Self.deprecations(flags)
        let path = flags["config"].flatMap { $0.isEmpty ? nil : $0 }
        var configuration = KubeProxyConfiguration()
        var warnings: [ConfigurationProblem] = []
        let isStrict = Self.isOn("strict-config", flags, &problems)
        if let path {
            configuration = try KubeProxyConfiguration(
                parsing: Self.contents(path, read), source: path, isStrict: isStrict, warnings: &warnings)
            let ignored = ProxyFlag.all.filter { $0.scope == .withoutFile && flags[$0.name] != nil }.map(\.name)
            if !ignored.isEmpty {
                let list = ignored.map { "--\($0)" }.joined(separator: ", ")
                notices.append("ignored, since --config names a file: \(list)")
            }
        }
        Self.apply(flags, to: &configuration, hasFile: path != nil, &problems)
        let action = Self.action(flags, &problems)
        guard problems.all.isEmpty else {
            throw ConfigurationError(source: "command line", problems: problems.all)
        }
        if let name = flags["hostname-override"], !name.isEmpty { configuration.hostnameOverride = name }
        settings = try ProxySettings(configuration, source: path ?? "command line", notices: &notices)
        settings.client.master = flags["master"].flatMap { $0.isEmpty ? nil : $0 }
        self.configuration = configuration
        self.action = action
        configurationFile = path
        self.notices = notices
        self.warnings = warnings.map { "\(path ?? ""): \($0)" }
        if !warnings.isEmpty {
            self.warnings.append("--strict-config refuses such a file")
        }
        self.flags = flags.effective
    }

    private static func contents(
        _ path: String, _ read: (String) throws -> [UInt8]
    ) throws(ConfigurationError) -> [UInt8] {
        do {
            return try read(path)
        } catch {
            throw ConfigurationError(source: path, message: "cannot be read: \(error)")
        }
    }

    private static func apply(
        _ flags: ProxyFlags, to configuration: inout KubeProxyConfiguration, hasFile: Bool,
        _ problems: inout ConfigurationProblems
    ) {
        for flag in ProxyFlag.all where !(hasFile && flag.scope == .withoutFile) {
            guard let apply = flag.apply, let texts = flags.values[flag.name], let last = texts.last else { continue }
            // Lists and maps add up over several uses of the flag.
            let isCollection = flag.value == "strings" || flag.value == "mapStringBool"
            apply(
                &configuration, flag.node(isCollection ? texts.joined(separator: ",") : last), "--\(flag.name)",
                &problems)
        }
        if !hasFile { applyPorts(flags, to: &configuration, &problems) }
    }

    /// The bind address flags may lack the port; the deprecated port flags give it, and 0 means no server.
    private static func applyPorts(
        _ flags: ProxyFlags, to configuration: inout KubeProxyConfiguration, _ problems: inout ConfigurationProblems
    ) {
        let servers: [(flag: String, field: WritableKeyPath<KubeProxyConfiguration, String>, port: UInt16)] = [
            ("healthz-port", \.healthzBindAddress, 10256), ("metrics-port", \.metricsBindAddress, 10249),
        ]
        for server in servers {
            let text = flags[server.flag]
            guard let port = text.map({ UInt16($0) }) ?? server.port else {
                problems.add("--\(server.flag)", "must be a port from 0 to 65535, not \"\(text ?? "")\"")
                continue
            }
            let address = configuration[keyPath: server.field]
            configuration[keyPath: server.field] = port == 0 ? "" : HostPort.appendPort(port, to: address)
        }
    }

    private static func action(_ flags: ProxyFlags, _ problems: inout ConfigurationProblems) -> Action {
        let cleanup = isOn("cleanup", flags, &problems)
        let initialize = isOn("init-only", flags, &problems)
        if let path = flags["write-config-to"], !path.isEmpty { return .writeConfiguration(path: path) }
        return cleanup ? .cleanup : initialize ? .initialize : .run
    }

    private static func isOn(_ name: String, _ flags: ProxyFlags, _ problems: inout ConfigurationProblems) -> Bool {
        guard let text = flags[name], let flag = ProxyFlag.named(name) else { return false }
        if case .bool(let value) = flag.node(text).content { return value }
        problems.add("--\(name)", "must be true or false, not \"\(text)\"")
        return false
    }

    private static func deprecations(_ flags: ProxyFlags) -> [String] {
        ProxyFlag.all.compactMap { flag in
            guard let message = flag.deprecation, flags[flag.name] != nil else { return nil }
            return "flag --\(flag.name) is deprecated: \(message)"
        }
            + (flags["vmodule"].map { $0.isEmpty } ?? true
                ? [] : ["flag --vmodule has no effect: there are no levels for single source files; use -v"])
    }
}
