import Testing

@testable import ContainerRuntime

@Suite struct ConfigurationMessageTests {
    @Test("A sandbox's message says what its configuration says")
    func sandbox() {
        var configuration = SandboxConfiguration(pod: PodIdentity(name: "web", namespace: "shop", uid: "u1"))
        configuration.attempt = 3
        configuration.namespaces.sharesProcesses = true
        configuration.portMappings = [.init(transport: "UDP", containerPort: 53, hostPort: 5353, hostIP: "")]
        configuration.runAsGroup = 7
        let message = CRIPodSandboxConfig(configuration)
        #expect(message.metadata.name == "web" && message.metadata.uid == "u1" && message.metadata.attempt == 3)
        #expect(message.portMappings.map(\.protocol) == [.udp])
        #expect(message.linux.securityContext.namespaceOptions.pid == .pod)
        #expect(message.linux.securityContext.namespaceOptions.network == .pod)
        #expect(!message.hasDnsConfig)
        #expect(!message.linux.securityContext.hasRunAsGroup)
    }

    @Test("A container's processes are its own, unless the pod shares them")
    func container() {
        var configuration = ContainerConfiguration(name: "c", image: "sha256:1")
        configuration.security.runAsUser = 0
        let message = CRIContainerConfig(configuration)
        #expect(message.linux.securityContext.namespaceOptions.pid == .container)
        #expect(message.linux.securityContext.runAsUser.value == 0)
        #expect(message.linux.securityContext.hasRunAsUser)
    }

    @Test("A runtime that tells no network condition has none ready")
    func status() {
        var status = CRIRuntimeStatus()
        var ready = CRIRuntimeCondition()
        ready.type = "RuntimeReady"
        ready.status = true
        status.conditions = [ready]
        let found = RuntimeStatus(status)
        #expect(found.runtimeProblem == nil)
        #expect(found.networkProblem != nil)
    }
}
