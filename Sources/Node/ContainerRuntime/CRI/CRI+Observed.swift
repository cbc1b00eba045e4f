extension RuntimeStatus {
    init(_ status: CRIRuntimeStatus) {
        func problem(_ type: String) -> String? {
            guard let condition = status.conditions.first(where: { $0.type == type }) else {
                return "the runtime does not tell \(type)"
            }
            return condition.status ? nil : "\(condition.reason): \(condition.message)"
        }
        self.init(runtimeProblem: problem("RuntimeReady"), networkProblem: problem("NetworkReady"))
    }
}

extension SandboxSummary {
    init(_ sandbox: CRIPodSandbox) {
        self.init(
            id: sandbox.id,
            pod: PodIdentity(
                name: sandbox.metadata.name, namespace: sandbox.metadata.namespace, uid: sandbox.metadata.uid),
            attempt: sandbox.metadata.attempt, isReady: sandbox.state == .sandboxReady, createdAt: sandbox.createdAt,
            labels: sandbox.labels, annotations: sandbox.annotations)
    }
}

extension SandboxDetail {
    init(_ status: CRIPodSandboxStatus) {
        let first = status.network.ip
        self.init(
            id: status.id, isReady: status.state == .sandboxReady,
            addresses: first.isEmpty ? [] : [first] + status.network.additionalIps.map(\.ip))
    }
}

extension ContainerState {
    init(_ state: CRIContainerState) {
        self =
            switch state {
            case .containerCreated: .created
            case .containerRunning: .running
            case .containerExited: .exited
            default: .unknown
            }
    }
}

extension ContainerSummary {
    init(_ container: CRIContainer) {
        self.init(
            id: container.id, sandbox: container.podSandboxID, name: container.metadata.name,
            attempt: container.metadata.attempt, state: ContainerState(container.state),
            createdAt: container.createdAt, image: container.image.image, labels: container.labels,
            annotations: container.annotations)
    }
}

extension ContainerDetail {
    init(_ status: CRIContainerStatus) {
        self.init(
            id: status.id, state: ContainerState(status.state), startedAt: status.startedAt,
            finishedAt: status.finishedAt, exitCode: status.exitCode, reason: status.reason, message: status.message,
            image: status.image.image, imageReference: status.imageRef, logPath: status.logPath)
    }
}

extension RuntimeImage {
    init(_ image: CRIImage) {
        self.init(
            id: image.id, tags: image.repoTags, digests: image.repoDigests, size: image.size,
            uid: image.hasUid ? image.uid.value : nil, username: image.username, isPinned: image.pinned)
    }
}

extension ContainerStatistics {
    init(_ stats: CRIContainerStats) {
        self.init(
            container: stats.attributes.id, name: stats.attributes.metadata.name, labels: stats.attributes.labels,
            time: stats.cpu.timestamp,
            cpu: stats.cpu.hasUsageCoreNanoSeconds ? stats.cpu.usageCoreNanoSeconds.value : nil,
            workingSet: stats.memory.hasWorkingSetBytes ? stats.memory.workingSetBytes.value : nil,
            usage: stats.memory.hasUsageBytes ? stats.memory.usageBytes.value : nil,
            writtenBytes: stats.writableLayer.hasUsedBytes ? stats.writableLayer.usedBytes.value : nil)
    }
}
