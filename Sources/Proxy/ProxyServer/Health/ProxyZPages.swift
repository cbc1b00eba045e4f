import JSONStream
import ProxyConfiguration
import StatusServing

/// `/statusz` and `/flagz` of kube-proxy v1.36, if their feature gates are on.
struct ProxyZPages: Sendable {
    private static let component = "kube-proxy"
    private static let paths = [
        "/configz", "/flagz", "/healthz", "/metrics", "/metrics/slis", "/proxyMode", "/statusz",
    ]

    private let started: ProxyHealth.Clock.Reading
    private let clock: ProxyHealth.Clock
    private let flags: [String: String]
    private let settings: ProxySettings

    init(_ options: ProxyOptions, clock: ProxyHealth.Clock = .system) {
        started = clock.read()
        self.clock = clock
        flags = options.flags
        settings = options.settings
    }

    private var uptime: Int64 { (clock.now() - started.now).components.seconds }

    /// Nil: the feature gate ComponentStatusz is off.
    var statusz: ZPage? {
        guard settings.servesStatusz else { return nil }
        let seconds = uptime
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let lines = [
            "Started: \(RFC3339.unixDate(nanoseconds: started.wallTime))",
            "Up: \(seconds / 3600) hr \(two(seconds / 60 % 60)) min \(two(seconds % 60)) sec",
            "Go version: none (Swift)", "Binary version: \(BuildInformation.gitVersion)",
            "Emulation version: \(BuildInformation.kubernetesVersion)",
            "Paths: \(Self.paths.joined(separator: " "))",
        ]
        let text = ZPage.header(Self.component, "statusz") + "\n" + lines.map { "\($0)\n" }.joined()
        return ZPage(kind: "Statusz", text: text) { [started] apiVersion in
            let paths = Self.paths.map { JSONValue.string($0) }
            let object: JSONValue = [
                "kind": "Statusz", "apiVersion": .string(apiVersion), "metadata": ["name": .string(Self.component)],
                "startTime": .string(
                    RFC3339.format(nanoseconds: started.wallTime / 1_000_000_000 * 1_000_000_000)),
                "uptimeSeconds": .integer(seconds), "binaryVersion": .string(BuildInformation.gitVersion),
                "emulationVersion": .string(BuildInformation.kubernetesVersion), "paths": .array(paths),
            ]
            return String(decoding: object.serialized(), as: UTF8.self)
        }
    }

    /// Nil: the feature gate ComponentFlagz is off.
    var flagz: ZPage? {
        guard settings.servesFlagz else { return nil }
        let sorted = flags.sorted { $0.key < $1.key }
        let lines = sorted.map { "\($0.key)=\($0.value)\n" }.joined()
        return ZPage(kind: "Flagz", text: ZPage.header(Self.component, "flags") + "\n" + lines) { apiVersion in
            var flags: JSONValue = [:]
            for (name, value) in sorted { flags[name] = .string(value) }
            let object: JSONValue = [
                "kind": "Flagz", "apiVersion": .string(apiVersion), "metadata": ["name": .string(Self.component)],
                "flags": flags,
            ]
            return String(decoding: object.serialized(), as: UTF8.self)
        }
    }
}
