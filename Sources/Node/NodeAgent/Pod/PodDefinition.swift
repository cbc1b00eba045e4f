import ContainerRuntime
import JSONStream

/// `spec` of a Pod, as far as it says how the pod is to run.
struct PodDefinition: Hashable, Sendable {
    struct HostAlias: Hashable, Sendable {
        var ip: String
        var hostnames: [String]
    }

    var nodeName: String
    var containers: [ContainerDefinition]
    var initContainers: [ContainerDefinition]
    var ephemeralContainers: [ContainerDefinition]
    /// `Always`, `OnFailure` or `Never`.
    var restartPolicy: String
    /// Seconds.
    var gracePeriod: Int64
    /// Seconds since the start; nil: no limit.
    var activeDeadline: Int64?
    var namespaces: SharedNamespaces
    var hostname: String
    var subdomain: String
    var usesFullHostname: Bool
    var serviceAccountName: String
    var hasServiceLinks: Bool
    var dnsPolicy: String
    var dnsConfig: JSONValue
    var hostAliases: [HostAlias]
    var imagePullSecrets: [String]
    var securityContext: JSONValue
    var volumes: [VolumeDefinition]
    /// Types of conditions.
    var readinessGates: [String]
    var runtimeClass: String
    var priority: Int64
    /// What the pod's sandbox takes besides its containers.
    var overhead: [String: String]

    init(_ json: JSONValue) {
        nodeName = json.text("nodeName")
        containers = json.list("containers").map { ContainerDefinition($0, isInit: false) }
        initContainers = json.list("initContainers").map { ContainerDefinition($0, isInit: true) }
        ephemeralContainers = json.list("ephemeralContainers").map {
            ContainerDefinition($0, isInit: false, isEphemeral: true)
        }
        restartPolicy = json["restartPolicy"]?.stringValue ?? "Always"
        gracePeriod = json.integer("terminationGracePeriodSeconds") ?? 30
        activeDeadline = json.integer("activeDeadlineSeconds")
        namespaces = SharedNamespaces()
        namespaces.hostNetwork = json.flag("hostNetwork")
        namespaces.hostPID = json.flag("hostPID")
        namespaces.hostIPC = json.flag("hostIPC")
        namespaces.sharesProcesses = json.flag("shareProcessNamespace")
        hostname = json.text("hostname")
        subdomain = json.text("subdomain")
        usesFullHostname = json.flag("setHostnameAsFQDN")
        serviceAccountName = json.text("serviceAccountName")
        hasServiceLinks = json["enableServiceLinks"]?.boolValue ?? true
        dnsPolicy = json["dnsPolicy"]?.stringValue ?? "ClusterFirst"
        dnsConfig = json["dnsConfig"] ?? [:]
        hostAliases = json.list("hostAliases").map { HostAlias(ip: $0.text("ip"), hostnames: $0.texts("hostnames")) }
        imagePullSecrets = json.list("imagePullSecrets").map { $0.text("name") }
        securityContext = json["securityContext"] ?? [:]
        volumes = json.list("volumes").map(VolumeDefinition.init)
        readinessGates = json.list("readinessGates").map { $0.text("conditionType") }
        runtimeClass = json.text("runtimeClassName")
        priority = json.integer("priority") ?? 0
        overhead = json.textMap("overhead")
    }

    /// Init containers that run beside the others from then on.
    var sidecars: [ContainerDefinition] { initContainers.filter(\.isSidecar) }

    func container(_ name: String) -> ContainerDefinition? {
        containers.first { $0.name == name } ?? initContainers.first { $0.name == name }
            ?? ephemeralContainers.first { $0.name == name }
    }
}
