import ContainerRuntime
import KubeAPI
import KubeClient
import Logging

/// What all parts of an agent need.
struct AgentContext: Sendable {
    let client: KubeClient
    let runtime: any ContainerRuntime
    let configuration: NodeAgentConfiguration
    let facts: NodeFacts
    let objects: ObjectSource
    let tokens: TokenSource
    /// Nil: containers get no variables of Services.
    let services: Informer<Service>?
    let time: @Sendable () -> Timestamp
    let record: @Sendable (KubeEvent) -> Void
    let logger: Logger

    /// Tells the users of a pod something.
    func tell(
        _ pod: BoundPod, _ type: KubeEvent.EventType, _ reason: String, _ action: String, _ note: String
    ) {
        record(KubeEvent(type, reason: reason, action: action, note: note, regarding: .init(pod)))
    }

    func assembly(_ pod: BoundPod) -> ContainerAssembly {
        ContainerAssembly(
            pod: pod,
            host: ContainerAssembly.Host(
                addresses: configuration.nodeAddresses, allocatable: facts.allocatable, memory: facts.memory,
                logDirectory: configuration.logDirectory, rootDirectory: configuration.rootDirectory,
                cgroupParent: configuration.cgroupDriver == .systemd ? "kubepods.slice" : "/kubepods"))
    }

    func directory(_ uid: String) -> PodDirectory { PodDirectory(root: configuration.rootDirectory, uid: uid) }

    var statusHost: PodStatusReport.Host {
        PodStatusReport.Host(addresses: configuration.nodeAddresses, runtime: facts.runtimeName)
    }
}
