import ContainerRuntime
import KubeAPI
import KubeClient
import LinuxSystem

/// Brings a pod's volumes to what its specification and the API say.
struct PodVolumes: Sendable {
    let context: AgentContext

    /// Makes what is not there and refreshes what objects are in; returns the directories by volume.
    /// - Parameter age: how old objects may be.
    func prepare(
        _ pod: BoundPod, addresses: [String], age: Duration
    ) async throws -> [String: String] {
        let directory = context.directory(pod.metadata.uid)
        guard context.runtime.runsProcesses else {
            return Dictionary(pod.spec.volumes.map { ($0.name, directory.volume($0)) }, uniquingKeysWith: { $1 })
        }
        let group = pod.spec.securityContext.integer("fsGroup").flatMap { UInt32(exactly: $0) }
        let objects = try await context.objects.read(
            ObjectReferences(pod.spec.volumes).all, namespace: pod.metadata.namespace, age: age)
        try FileTree.makeDirectory(directory.path, mode: 0o750)
        var result: [String: String] = [:]
        for volume in pod.spec.volumes {
            do {
                try await prepare(volume, pod, directory, group, addresses, objects)
            } catch let error as SystemError {
                throw StatusProblem("FailedMount", "volume \"\(volume.name)\": \(error)")
            } catch let problem as StatusProblem {
                throw StatusProblem(
                    "FailedMount", "MountVolume.SetUp failed for volume \"\(volume.name)\" : \(problem.message)")
            }
            result[volume.name] = directory.volume(volume)
        }
        return result
    }

    private func prepare(
        _ volume: VolumeDefinition, _ pod: BoundPod, _ directory: PodDirectory, _ group: UInt32?,
        _ addresses: [String], _ objects: ReferencedObjects
    ) async throws {
        switch volume.source {
        case .emptyDirectory(let inMemory, let limit):
            let bytes: Int64? = limit.flatMap { try? Quantity($0) }.map { $0.scaled(to: 0) }
            try directory.prepareEmptyDirectory(
                volume, inMemory: inMemory, limit: bytes.flatMap { $0 > 0 ? $0 : nil }, group: group)
        case .hostPath(let path, let type):
            try PodDirectory.checkHostPath(path, type)
        case .files(let sources, let mode):
            var tokens: [VolumeFiles.TokenKey: String] = [:]
            for wanted in VolumeFiles.tokens(sources) { tokens[wanted] = try await context.tokens.token(wanted, pod) }
            let fields = DownwardFields(
                pod: pod, podAddresses: addresses, hostAddresses: context.configuration.nodeAddresses,
                allocatable: context.facts.allocatable)
            let files = try VolumeFiles(
                sources, mode: mode, pod: pod, objects: objects, fields: fields, tokens: tokens)
            try AtomicDirectory(path: directory.volume(volume)).write(
                files, group: group,
                name: "..\(Self.stamp(context.time())).\(UInt32.random(in: 0 ... .max))")
        case .unsupported(let kind):
            throw StatusProblem(
                "FailedMount", "volumes of the kind \(kind) are not supported by this node agent")
        }
    }

    /// `2026_01_31_23_59_59`
    private static func stamp(_ time: Timestamp) -> String {
        String(time.text().prefix(19).map { $0.isNumber ? $0 : "_" })
    }

    /// Whether something in its volumes can change while it runs.
    func needRefresh(_ spec: PodDefinition) -> Bool {
        context.runtime.runsProcesses && spec.volumes.contains { if case .files = $0.source { true } else { false } }
    }
}
