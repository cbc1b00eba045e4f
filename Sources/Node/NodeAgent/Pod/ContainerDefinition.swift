import ContainerRuntime
import JSONStream

/// A container of a Pod's specification.
struct ContainerDefinition: Hashable, Sendable {
    struct Port: Hashable, Sendable {
        var name: String
        var containerPort: Int32
        /// 0 if there is none.
        var hostPort: Int32
        var hostIP: String
        var transport: String
    }

    struct VolumeMount: Hashable, Sendable {
        var name: String
        var path: String
        var subPath: String
        /// A path with variables.
        var subPathExpression: String
        var isReadOnly: Bool
        var propagation: ContainerConfiguration.Mount.Propagation
    }

    var name: String
    var image: String
    var command: [String]
    var arguments: [String]
    var workingDirectory: String
    var environment: [JSONValue]
    var environmentSources: [JSONValue]
    var ports: [Port]
    var limits: [String: String]
    var requests: [String: String]
    var mounts: [VolumeMount]
    var liveness: ProbeDefinition?
    var readiness: ProbeDefinition?
    var startup: ProbeDefinition?
    var postStart: ProbeAction?
    var preStop: ProbeAction?
    var terminationMessagePath: String
    /// `File` or `FallbackToLogsOnError`.
    var terminationMessagePolicy: String
    /// `Always`, `IfNotPresent` or `Never`.
    var pullPolicy: String
    var securityContext: JSONValue
    var hasInput: Bool
    var endsInputWithSession: Bool
    var hasTerminal: Bool
    /// Runs before the others, and, as a sidecar, beside them.
    var isInit: Bool
    var isSidecar: Bool
    /// Added to a pod that runs, for people who look into it; never started again.
    var isEphemeral: Bool
    /// The container whose processes an ephemeral one sees; empty: none.
    var target: String

    init(_ json: JSONValue, isInit: Bool, isEphemeral: Bool = false) {
        name = json.text("name")
        image = json.text("image")
        command = json.texts("command")
        arguments = json.texts("args")
        workingDirectory = json.text("workingDir")
        environment = json.list("env")
        environmentSources = json.list("envFrom")
        ports = json.list("ports").map { port in
            Port(
                name: port.text("name"), containerPort: Int32(clamping: port.integer("containerPort") ?? 0),
                hostPort: Int32(clamping: port.integer("hostPort") ?? 0), hostIP: port.text("hostIP"),
                transport: port["protocol"]?.stringValue ?? "TCP")
        }
        let resources = json["resources"] ?? [:]
        limits = resources.textMap("limits")
        requests = resources.textMap("requests")
        mounts = json.list("volumeMounts").map { mount in
            VolumeMount(
                name: mount.text("name"), path: mount.text("mountPath"), subPath: mount.text("subPath"),
                subPathExpression: mount.text("subPathExpr"), isReadOnly: mount.flag("readOnly"),
                propagation: Self.propagation(mount.text("mountPropagation")))
        }
        liveness = json["livenessProbe"].flatMap(ProbeDefinition.init)
        readiness = json["readinessProbe"].flatMap(ProbeDefinition.init)
        startup = json["startupProbe"].flatMap(ProbeDefinition.init)
        postStart = json["lifecycle"]?["postStart"].flatMap(ProbeAction.init)
        preStop = json["lifecycle"]?["preStop"].flatMap(ProbeAction.init)
        terminationMessagePath = json["terminationMessagePath"]?.stringValue ?? "/dev/termination-log"
        terminationMessagePolicy = json["terminationMessagePolicy"]?.stringValue ?? "File"
        pullPolicy = json["imagePullPolicy"]?.stringValue ?? Self.defaultPullPolicy(json.text("image"))
        securityContext = json["securityContext"] ?? [:]
        hasInput = json.flag("stdin")
        endsInputWithSession = json.flag("stdinOnce")
        hasTerminal = json.flag("tty")
        self.isInit = isInit
        isSidecar = isInit && json.text("restartPolicy") == "Always"
        self.isEphemeral = isEphemeral
        target = isEphemeral ? json.text("targetContainerName") : ""
    }

    private static func propagation(_ text: String) -> ContainerConfiguration.Mount.Propagation {
        switch text {
        case "Bidirectional": .bidirectional
        case "HostToContainer": .hostToContainer
        default: .none
        }
    }

    private static func defaultPullPolicy(_ image: String) -> String {
        ImageName(image)?.isLatest ?? false ? "Always" : "IfNotPresent"
    }

    /// Changes with what a running container must be replaced for.
    var identityHash: String {
        var hash: UInt32 = 2_166_136_261
        for byte in "\(name)\u{0}\(image)".utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return String(hash, radix: 16)
    }

    func port(named name: String) -> Int32? { ports.first { $0.name == name }?.containerPort }
}
