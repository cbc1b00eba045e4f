import KubeAPI
import KubeClient
import Logging
import Synchronization

/// Removes objects whose owners are gone, and carries out deletions in the foreground and those that set dependents
/// free. It watches the metadata of all kinds that can be listed, watched and deleted.
public struct GarbageCollector: ManagedController {
    public struct Settings: Hashable, Sendable {
        /// How many objects are worked on at the same time.
        public var workers = 20
        /// How often the server is asked for new kinds.
        public var discoveryPeriod = Duration.seconds(30)
        /// How long to wait for the lists of all kinds before the work begins without them.
        public var longestSync = Duration.seconds(30)
        /// Groups and plurals of kinds that own nothing and are owned by nobody.
        public var ignored: Set<String> = ["/events", "events.k8s.io/events"]

        public init() {}
    }

    public let name = "garbage-collector-controller"

    private let context: ControllerContext
    private let settings: Settings
    private let kinds: KindCatalog
    private let monitored: MonitoredGraph
    private let controller: Controller<String>

    public init(_ context: ControllerContext, settings: Settings = Settings()) {
        self.context = context
        self.settings = settings
        let kinds = KindCatalog(client: context.client)
        self.kinds = kinds
        let monitored = MonitoredGraph()
        self.monitored = monitored
        let collection = GarbageCollection(
            server: GarbageRequests(client: context.client, kinds: kinds), monitored: monitored, logger: context.logger)
        controller = context.controller(name, queue: "garbage_collector_attempt_to_delete", workers: settings.workers) {
            try await collection.look(at: $0)
        }
        let queue = controller.queue
        monitored.onWork { queue.add($0) }
    }

    public func run() async {
        monitored.reset()
        await withTaskGroup(of: Void.self) { group in
            var watched: Set<String> = []
            await watchNewKinds(&watched, &group)
            group.addTask {
                await monitored.waitForSync(atMost: settings.longestSync, clock: context.clock)
                monitored.begin()
                await controller.run()
            }
            while (try? await context.clock.sleep(settings.discoveryPeriod)) != nil {
                await watchNewKinds(&watched, &group)
            }
            group.cancelAll()
        }
    }

    /// Begins to watch the kinds that are not watched yet. At the beginning it tries until the server has answered.
    private func watchNewKinds(_ watched: inout Set<String>, _ group: inout TaskGroup<Void>) async {
        while !Task.isCancelled {
            do throws(APIError) {
                try await kinds.refresh()
                break
            } catch {
                context.logger.warning("the kinds of the API server are not known", metadata: ["error": "\(error)"])
            }
            guard watched.isEmpty, (try? await context.clock.sleep(.seconds(1))) != nil else { return }
        }
        for resource in kinds.all where isCollected(resource) && watched.insert(resource.collectionPath).inserted {
            monitored.expectSync(of: resource)
            group.addTask { await watch(resource) }
        }
    }

    private func isCollected(_ resource: APIResource) -> Bool {
        resource.isPreferred && resource.verbs.isSuperset(of: ["delete", "list", "watch"])
            && !settings.ignored.contains("\(resource.group)/\(resource.plural)")
    }

    private func watch(_ resource: APIResource) async {
        let monitored = monitored
        await Reflector(
            ObjectMetadata.self, client: context.client, selector: .metadata(of: resource.collectionPath),
            clock: context.clock, logger: context.logger
        ) { monitored.take($0, resource) }.run()
    }
}
