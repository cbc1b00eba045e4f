import LinuxSystem
import NetworkAddress
import StatusServing

/// Turns fields into settings, collecting problems on the way.
struct ConfigurationValidator {
    let configuration: KubeProxyConfiguration
    let gates: FeatureGates
    var problems = ConfigurationProblems()
    var notices: [String] = []

    init(configuration: KubeProxyConfiguration) {
        self.configuration = configuration
        gates = FeatureGates(configuration.featureGates)
    }

    mutating func validate() -> ProxySettings {
        var settings = ProxySettings()
        settings.mode = mode()
        featureGates(&settings)
        client(&settings.client)
        logging(&settings)
        node(&settings)
        settings.healthzAddress = hostPort("healthzBindAddress", configuration.healthzBindAddress)
        settings.metricsAddress = hostPort("metricsBindAddress", configuration.metricsBindAddress)
        settings.bindAddressHardFail = configuration.bindAddressHardFail
        settings.statusSocket = statusSocket()
        if configuration.endpointMetrics < 0 { problems.add("endpointMetrics", "must be at least 0") }
        settings.endpointMetrics = Int(max(0, configuration.endpointMetrics))
        if configuration.drainTimeout < .zero { problems.add("drainTimeout", "must be at least 0s") }
        settings.drainTimeout = max(.zero, configuration.drainTimeout)
        modeSection(&settings)
        socketBalancing(&settings)
        settings.detectLocal = detectLocal()
        nodePortAddresses(&settings)
        conntrack(&settings.conntrack)
        period("configSyncPeriod", configuration.configSyncPeriod)
        settings.configSyncPeriod = configuration.configSyncPeriod
        withoutEffect()
        return settings
    }

    private mutating func featureGates(_ settings: inout ProxySettings) {
        settings.servesExternalIPs = gates.isOn(FeatureGates.allowServiceExternalIPs)
        settings.servesFlagz = gates.isOn(FeatureGates.flagz)
        settings.servesStatusz = gates.isOn(FeatureGates.statusz)
        for (name, value) in configuration.featureGates.sorted(by: { $0.key < $1.key }) {
            switch FeatureGates.check(name, value) {
            case .unknown(let suggestion):
                problems.add(
                    "featureGates.\(name)",
                    "unrecognized feature gate; " + (suggestion.map { "did you mean \"\($0)\"?" } ?? "remove it"))
            case .locked(let locked):
                problems.add(
                    "featureGates.\(name)", "cannot set to \(value), the feature is locked to \(locked); remove it")
            case .withoutEffect: notices.append("featureGates.\(name) has no effect")
            case .isDefault, .honoured: break
            }
        }
    }

    private mutating func client(_ settings: inout ClientSettings) {
        let connection = configuration.clientConnection
        if connection.burst < 0 { problems.add("clientConnection.burst", "must be at least 0") }
        let known = ["application/json", "application/vnd.kubernetes.protobuf"]
        if !known.contains(connection.contentType) {
            problems.add(
                "clientConnection.contentType",
                "unknown content type \"\(connection.contentType)\"; use application/json")
        }
        let accepted = connection.acceptContentTypes.split(separator: ",").map {
            $0.split(separator: ";").first.map { $0.filter { $0 != " " } } ?? ""
        }
        if !accepted.isEmpty, !accepted.contains(where: { known.contains($0) || $0 == "*/*" }) {
            problems.add(
                "clientConnection.acceptContentTypes",
                "\"\(connection.acceptContentTypes)\" allows no type that can be read; leave it empty")
        }
        settings.kubeconfig = connection.kubeconfig.isEmpty ? nil : connection.kubeconfig
        settings.qps = connection.qps
        settings.burst = Int(connection.burst)
    }

    private mutating func logging(_ settings: inout ProxySettings) {
        let logging = configuration.logging
        if let format = LogFormat(rawValue: logging.format) {
            settings.logFormat = format
        } else {
            problems.add("logging.format", "unknown format \"\(logging.format)\"; use text or json")
        }
        if logging.verbosity < 0 { problems.add("logging.verbosity", "must be within the range [0, 2147483647]") }
        settings.verbosity = Int(logging.verbosity)
        if !logging.vmodule.isEmpty {
            notices.append("logging.vmodule has no effect: there are no levels for single source files; use verbosity")
        }
        for (name, routing) in [("text", logging.options.text), ("json", logging.options.json)] {
            if routing.splitStream {
                notices.append("logging.options.\(name).splitStream has no effect: all lines go to standard error")
            }
            if routing.infoBufferSize != "0" && !routing.infoBufferSize.isEmpty {
                notices.append("logging.options.\(name).infoBufferSize has no effect: log lines are not held back")
            }
        }
    }

    private mutating func node(_ settings: inout ProxySettings) {
        if !configuration.hostnameOverride.isEmpty {
            do {
                settings.nodeName = try NodeName.make(
                    override: configuration.hostnameOverride, hostname: configuration.hostnameOverride)
            } catch {
                problems.add("hostnameOverride", error.description)
            }
        }
        if let address = IPAddress(configuration.bindAddress) {
            settings.nodeAddress = address.isUnspecified ? nil : address
        } else {
            problems.add("bindAddress", "\"\(configuration.bindAddress)\" is not an IP address")
        }
        if !(-1000...1000).contains(configuration.oomScoreAdj) {
            problems.add("oomScoreAdj", "\(configuration.oomScoreAdj) must be within the range [-1000, 1000]")
        }
        settings.oomScoreAdj = Int(configuration.oomScoreAdj)
    }

    private mutating func statusSocket() -> String? {
        let path = configuration.statusSocket
        if path.isEmpty || path == "none" { return nil }
        if !path.hasPrefix("/") || path.hasSuffix("/") {
            problems.add(
                "statusSocket",
                "\"\(path)\" must be an absolute path such as \(KubeProxyConfiguration.defaultStatusSocket), or none")
        } else if path.utf8.count > UnixSocketName.maximumLength {
            problems.add(
                "statusSocket", "must have at most \(UnixSocketName.maximumLength) bytes, as sockets' paths do")
        }
        return path
    }

    private mutating func hostPort(_ field: String, _ text: String) -> HostPort? {
        guard !text.isEmpty else { return nil }
        if let endpoint = HostPort(text) { return endpoint }
        problems.add(
            field, "\"\(text)\" must be an IP address and a port from 1 to 65535, such as 0.0.0.0:10256 or [::]:10256")
        return nil
    }
}
