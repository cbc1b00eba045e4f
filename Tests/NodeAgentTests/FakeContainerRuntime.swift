import ContainerRuntime
import Synchronization

/// A runtime of nothing but its lists: what is started runs until it is told to end.
final class FakeContainerRuntime: ContainerRuntime {
    struct State {
        var sandboxes: [SandboxSummary] = []
        var containers: [String: (summary: ContainerSummary, detail: ContainerDetail)] = [:]
        var images: Set<String> = ["busybox:1"]
        /// Images of a registry that asks for one.
        var passwords: [String: String] = [:]
        var calls: [String] = []
        var next = 0
        /// Nobody answers.
        var isAway = false
        /// What containers end with as soon as they start, by name.
        var exits: [String: Int32] = [:]
        var configurations: [String: ContainerConfiguration] = [:]
    }

    let state = Mutex(State())

    private func act<Result>(
        _ call: String, _ body: (inout State) throws(RuntimeFailure) -> Result
    ) throws(RuntimeFailure) -> Result where Result: Sendable {
        var failure: RuntimeFailure?
        let result: Result? = state.withLock { state in
            state.calls.append(call)
            do throws(RuntimeFailure) {
                guard !state.isAway else { throw RuntimeFailure(.unreachable, call: call, message: "nobody is there") }
                return try body(&state)
            } catch {
                failure = error
                return nil
            }
        }
        guard let result else { throw failure ?? RuntimeFailure(.refused, call: call, message: "") }
        return result
    }

    /// Ends a container as if its program had.
    func exit(_ name: String, _ code: Int32) {
        state.withLock { state in
            for (id, entry) in state.containers where entry.summary.name == name && entry.summary.state == .running {
                Self.end(id, code, &state)
            }
        }
    }

    private static func end(_ id: String, _ code: Int32, _ state: inout State) {
        state.containers[id]?.summary.state = .exited
        state.containers[id]?.detail.state = .exited
        state.containers[id]?.detail.exitCode = code
        state.containers[id]?.detail.finishedAt = 2_000_000_000_000_000_000
    }

    func version() async throws(RuntimeFailure) -> RuntimeVersion {
        try act("version") { _ throws(RuntimeFailure) in RuntimeVersion(name: "fake", version: "1") }
    }

    func status() async throws(RuntimeFailure) -> RuntimeStatus {
        try act("status") { _ throws(RuntimeFailure) in RuntimeStatus() }
    }

    func runSandbox(_ configuration: SandboxConfiguration) async throws(RuntimeFailure) -> String {
        try act("runSandbox") { state throws(RuntimeFailure) in
            state.next += 1
            state.sandboxes.append(
                SandboxSummary(
                    id: "s\(state.next)", pod: configuration.pod, attempt: configuration.attempt, isReady: true,
                    createdAt: Int64(state.next)))
            return "s\(state.next)"
        }
    }

    func stopSandbox(_ id: String) async throws(RuntimeFailure) {
        try act("stopSandbox") { state throws(RuntimeFailure) in
            for index in state.sandboxes.indices where state.sandboxes[index].id == id {
                state.sandboxes[index].isReady = false
            }
            for (container, entry) in state.containers
            where entry.summary.sandbox == id && entry.summary.state == .running { Self.end(container, 137, &state) }
        }
    }

    func removeSandbox(_ id: String) async throws(RuntimeFailure) {
        try act("removeSandbox") { state throws(RuntimeFailure) in state.sandboxes.removeAll { $0.id == id } }
    }

    func sandboxes(ofPod uid: String?) async throws(RuntimeFailure) -> [SandboxSummary] {
        try act("sandboxes") { state throws(RuntimeFailure) in
            state.sandboxes.filter { uid == nil || $0.pod.uid == uid }
        }
    }

    func sandbox(_ id: String) async throws(RuntimeFailure) -> SandboxDetail {
        try act("sandbox") { _ throws(RuntimeFailure) in
            SandboxDetail(id: id, isReady: true, addresses: ["10.0.0.\(id.dropFirst())"])
        }
    }

    func createContainer(
        _ configuration: ContainerConfiguration, in sandbox: String, _ sandboxConfiguration: SandboxConfiguration
    ) async throws(RuntimeFailure) -> String {
        try act("createContainer \(configuration.name)") { state throws(RuntimeFailure) in
            state.next += 1
            let id = "c\(state.next)"
            state.configurations[configuration.name] = configuration
            state.containers[id] = (
                ContainerSummary(
                    id: id, sandbox: sandbox, name: configuration.name, attempt: configuration.attempt,
                    state: .created, createdAt: Int64(state.next), image: configuration.image,
                    labels: configuration.labels, annotations: configuration.annotations),
                ContainerDetail(id: id, state: .created, imageReference: configuration.image)
            )
            return id
        }
    }

    func startContainer(_ id: String) async throws(RuntimeFailure) {
        try act("startContainer") { state throws(RuntimeFailure) in
            state.containers[id]?.summary.state = .running
            state.containers[id]?.detail.state = .running
            state.containers[id]?.detail.startedAt = 1_900_000_000_000_000_000
            if let code = state.exits[state.containers[id]?.summary.name ?? ""] { Self.end(id, code, &state) }
        }
    }

    func stopContainer(_ id: String, grace: Duration) async throws(RuntimeFailure) {
        try act("stopContainer \(grace.components.seconds)") { state throws(RuntimeFailure) in
            if state.containers[id]?.summary.state == .running { Self.end(id, 143, &state) }
        }
    }

    func removeContainer(_ id: String) async throws(RuntimeFailure) {
        try act("removeContainer") { state throws(RuntimeFailure) in state.containers[id] = nil }
    }

    func containers(ofPod uid: String?) async throws(RuntimeFailure) -> [ContainerSummary] {
        try act("containers") { state throws(RuntimeFailure) in
            state.containers.values.map(\.summary).filter { uid == nil || $0.labels[PodLabels.uid] == uid }
        }
    }

    func container(_ id: String) async throws(RuntimeFailure) -> ContainerDetail {
        try act("container") { state throws(RuntimeFailure) in
            guard let detail = state.containers[id]?.detail else {
                throw RuntimeFailure(.notFound, call: "container", message: id)
            }
            return detail
        }
    }

    func statistics() async throws(RuntimeFailure) -> [ContainerStatistics] { [] }
    func reopenLog(_ id: String) async throws(RuntimeFailure) {}

    func execute(
        _ command: [String], in id: String, timeout: Duration
    ) async throws(RuntimeFailure) -> CommandResult {
        try act("execute \(command.joined(separator: " "))") { _ throws(RuntimeFailure) in CommandResult() }
    }

    func sessionURL(_ session: StreamingSession) async throws(RuntimeFailure) -> String { "http://127.0.0.1:1/" }
    func images() async throws(RuntimeFailure) -> [RuntimeImage] { [] }

    func image(_ name: String) async throws(RuntimeFailure) -> RuntimeImage? {
        try act("image") { state throws(RuntimeFailure) in
            state.images.contains(name) ? RuntimeImage(id: "sha256:" + name) : nil
        }
    }

    func pullImage(_ name: String, _ credentials: ImageCredentials?) async throws(RuntimeFailure) -> String {
        try act("pullImage") { state throws(RuntimeFailure) in
            guard let password = state.passwords[name] else {
                throw RuntimeFailure(.refused, call: "PullImage", message: "no such host")
            }
            guard credentials?.password == password else {
                let message = "authorization failed: no basic auth credentials"
                throw RuntimeFailure(.refused, call: "PullImage", message: message)
            }
            state.images.insert(name)
            return name
        }
    }

    func removeImage(_ name: String) async throws(RuntimeFailure) {}
    func imageFileSystem() async throws(RuntimeFailure) -> (path: String, usedBytes: UInt64)? { nil }
}
