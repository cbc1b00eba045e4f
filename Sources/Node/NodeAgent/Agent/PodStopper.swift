import ContainerRuntime
import KubeAPI
import KubeClient

/// Ends containers with their hooks and their time to end.
struct PodStopper: Sendable {
    let context: AgentContext

    /// What is left for the container when its hook took all the time (kubelet's minimum).
    private static let least = Duration.seconds(2)

    func stop(
        _ container: PodObservation.Container, of pod: BoundPod, addresses: [String], grace: Duration, note: String
    ) async throws(RuntimeFailure) {
        context.tell(pod, .normal, "Killing", "Stopping", note)
        let clock = ContinuousClock()
        let start = clock.now
        let definition = pod.spec.container(container.name)
        if let definition, let hook = definition.preStop, grace > .zero, container.isRunning {
            let problem = await HookRunner(context: context).run(
                hook, container.id, definition, addresses: addresses, timeout: grace)
            if let problem {
                context.tell(pod, .warning, "FailedPreStopHook", "Stopping", "PreStopHook failed: \(problem)")
            }
        }
        let left = grace == .zero ? .zero : max(Self.least, grace - (clock.now - start))
        try await context.runtime.stopContainer(container.id, grace: left)
    }

    /// First all main and init containers at once, then the sidecars, the last one first.
    func stopAll(
        _ observation: PodObservation, of pod: BoundPod, grace: Duration, stopSandboxes: Bool = true
    ) async throws(RuntimeFailure) {
        let clock = ContinuousClock()
        let end = clock.now + grace
        let sidecars = Set(pod.spec.sidecars.map(\.name))
        let mains = observation.running.filter { !sidecars.contains($0.name) }
        let failures = await withTaskGroup(of: RuntimeFailure?.self) { group in
            for container in mains {
                group.addTask {
                    do throws(RuntimeFailure) {
                        try await stop(
                            container, of: pod, addresses: observation.addresses, grace: grace,
                            note: "Stopping container \(container.name)")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var failures: [RuntimeFailure] = []
            for await failure in group { if let failure { failures.append(failure) } }
            return failures
        }
        if let first = failures.first { throw first }
        for sidecar in pod.spec.sidecars.reversed() {
            for container in observation.running where container.name == sidecar.name {
                let left = grace == .zero ? .zero : max(Self.least, end - clock.now)
                try await stop(
                    container, of: pod, addresses: observation.addresses, grace: left,
                    note: "Stopping container \(container.name)")
            }
        }
        guard stopSandboxes else { return }
        for sandbox in observation.sandboxes { try await context.runtime.stopSandbox(sandbox.id) }
    }
}
