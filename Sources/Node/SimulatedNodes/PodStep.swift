import KubeAPI

/// What a simulated node does next about one of its pods. Pure: it is told the time.
enum PodStep: Hashable, Sendable {
    case nothing
    case start
    /// Writes the status; looks again after the time, where something is still to come.
    case report(isServing: Bool, again: Duration?)
    /// Lets it end; looks again after the time.
    case wait(Duration)
    /// Stops it and removes it from the API.
    case finish
    /// Stops it: it has ended otherwise.
    case stop

    /// What is known of a pod that runs.
    struct Run: Hashable, Sendable {
        var startedAt: Duration
        /// Ready from the beginning: it was so when this process took it over.
        var wasReady = false
        var endsAt: Duration?
    }

    /// - Parameter run: nil: it does not run yet.
    static func next(
        _ pod: Pod, _ run: Run?, _ configuration: SimulatedNodesConfiguration, now: Duration
    ) -> PodStep {
        if pod.metadata.isBeingDeleted {
            guard let run, let end = run.endsAt else { return run == nil ? .finish : .wait(.zero) }
            return end > now ? .wait(end - now) : .finish
        }
        if pod.isFinished { return run == nil ? .nothing : .stop }
        guard let run else { return .start }
        let ready = run.startedAt + configuration.readyDelay
        guard run.wasReady || ready <= now else { return .report(isServing: false, again: ready - now) }
        return .report(isServing: true, again: nil)
    }

    /// How long a pod takes to end that was told to: its longest `preStop` sleep and the shutdown, within the grace period.
    static func shutdown(_ pod: Pod, _ configuration: SimulatedNodesConfiguration) -> Duration {
        let grace = max(0, pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriod)
        let sleep = pod.spec.containers.map(\.preStopSleep).max() ?? 0
        return min(.seconds(min(max(0, sleep), grace)) + configuration.shutdownTime, .seconds(grace))
    }
}
