public import ContainerRuntime
import HostNode
import KubeAPI
public import KubeClient
import LinuxSystem
public import Logging
import Synchronization

/// What a kubelet does for its host: speaks for the Node and runs the pods that are bound to it.
///
/// All that it must remember is in the API, in the container runtime, and in files of pods. It may end and start again at
/// any time; containers go on meanwhile.
public struct NodeAgent: Sendable {
    let context: AgentContext
    let table = PodTable()
    private let informers: SharedInformers
    private let pods: Informer<BoundPod>
    private let events: EventRecorder
    private let clock: RetryClock

    /// - Parameter runtime: must answer.
    /// - Throws: ``RuntimeFailure``, or ``SystemError`` if the agent's directory cannot be made.
    public init(
        client: KubeClient, runtime: any ContainerRuntime, configuration: NodeAgentConfiguration,
        clock: RetryClock = .system, logger: Logger
    ) async throws {
        let version = try await runtime.version()
        try FileTree.makeDirectory(configuration.rootDirectory + "/pods", mode: 0o750)
        try FileTree.makeDirectory(configuration.logDirectory)
        informers = SharedInformers(client: client, clock: clock, logger: logger)
        let selector = ObjectSelector(fields: "spec.nodeName=\(configuration.nodeName)")
        pods = Informer(BoundPod.self, client: client, selector: selector, clock: clock, logger: logger)
        informers.add(pods)
        let events = EventRecorder(
            client: client, controller: "kubelet", instance: configuration.nodeName, logger: logger)
        self.events = events
        self.clock = clock
        let time: @Sendable () -> Timestamp = { .now() }
        context = AgentContext(
            client: client, runtime: runtime, configuration: configuration,
            facts: NodeFacts(
                .ofThisHost(), runtimeName: version.name, runtimeVersion: "\(version.name)://\(version.version)",
                storage: FileTree.space(configuration.rootDirectory)?.size, maximumPods: configuration.maximumPods),
            objects: ObjectSource(client: client, clock: clock), tokens: TokenSource(client: client, time: time),
            services: informers.informer(Service.self), time: time, record: { events.record($0) }, logger: logger)
    }

    /// Works until the task is cancelled. Containers stay as they are then.
    public func run() async {
        let requeue = Requeue<String>()
        let statics = StaticPods(context: context, table: table, clock: clock) { requeue.add([$0]) }
        let keeper = PodKeeper(
            context: context, table: table, clock: clock, requeue: requeue, isComplete: { pods.hasSynced },
            mirror: { statics.mirror($0) })
        connect(keeper, statics)
        let pressure = PressureWatch(context: context, table: table, clock: clock) { requeue.add([$0]) }
        let heart = NodeHeart(
            client: context.client, runtime: context.runtime,
            node: AgentNode(context.facts, context.configuration), clock: clock, time: context.time,
            pressures: { pressure.pressures }, logger: context.logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await statics.run() }
            group.addTask { await heart.run() }
            group.addTask { await events.run() }
            group.addTask { await serve() }
            group.addTask { await ProgramPages.run(clock) }
            await informers.run {
                for uid in Orphans(context: context).directories(known: table.identifiers) { keeper.look(uid) }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await keeper.run() }
                    group.addTask { await pressure.run() }
                    group.addTask {
                        await RuntimeWatch(runtime: context.runtime, clock: clock).run { changed, _ in
                            for uid in changed { keeper.look(uid) }
                        }
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// A server that cannot listen is tried again: another agent may be about to end.
    private func serve() async {
        guard let serving = context.configuration.serving else { return }
        let access = AgentAccess(
            client: context.client, nodeName: context.configuration.nodeName, clock: clock)
        let server = AgentServer(context: context, table: table, access: access, serving: serving)
        var hasTold = false
        while !Task.isCancelled {
            do {
                try await server.run()
                return
            } catch {
                if !hasTold {
                    context.logger.warning(
                        "the agent's server cannot listen and is tried again",
                        metadata: ["port": "\(context.configuration.port)", "error": "\(error)"])
                }
                hasTold = true
            }
            guard (try? await clock.sleep(.seconds(1))) != nil else { return }
        }
    }

    private func connect(_ keeper: PodKeeper, _ statics: StaticPods) {
        pods.onChange { change in
            if let pod = change.new {
                if statics.take(pod) { return }
            } else if let pod = change.old, pod.metadata.annotations[StaticPod.mirror] != nil {
                return statics.forget(pod)
            }
            keeper.take(change)
        }
    }
}
