import JSONStream
import KubeAPI
public import Logging

/// Posts Events (events.k8s.io/v1) in the background. Recording never blocks and never fails; events beyond the queue's
/// capacity or the rate limit are lost, as are those that the server rejects.
public actor EventRecorder {
    /// The maximum number of waiting events; further ones are dropped.
    public static let queueCapacity = 1000
    /// Bytes of a note (events.k8s.io/v1 Event.note).
    static let maximumNoteSize = 1024

    private let client: KubeClient
    private let controller: String
    private let instance: String
    private let clock: RetryClock
    private let logger: Logger
    private let queue: AsyncStream<KubeEvent>
    private let input: AsyncStream<KubeEvent>.Continuation
    private var aggregator = EventAggregator()

    /// - Parameters:
    ///   - controller: `reportingController`.
    ///   - instance: `reportingInstance`, such as the node's name.
    public init(
        client: KubeClient, controller: String = "kube-proxy", instance: String, clock: RetryClock = .system,
        logger: Logger
    ) {
        self.client = client
        self.controller = controller
        self.instance = instance
        self.clock = clock
        self.logger = logger
        (queue, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queueCapacity))
    }

    /// Queues an event.
    public nonisolated func record(_ event: KubeEvent) {
        if case .dropped = input.yield(event) {
            logger.debug("event dropped: the queue is full", metadata: ["reason": "\(event.reason)"])
        }
    }

    /// Sends events until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in self.queue { await self.handle(event) }
            }
            group.addTask {
                while (try? await Task.sleep(for: .seconds(5))) != nil { await self.sendDue() }
            }
        }
    }

    private func handle(_ event: KubeEvent) async {
        if let action = aggregator.record(event, now: clock.now(), time: .now()) { await perform(action) }
    }

    private func sendDue() async {
        for action in aggregator.due(now: clock.now()) { await perform(action) }
    }

    private func perform(_ action: EventAggregator.Action) async {
        do {
            switch action {
            case .create(let event, let name, let time):
                _ = try await client.send(
                    APIRequest(.post, Self.collection(event), body: body(event, name, time, series: nil)))
            case .update(let event, let name, let count, let time):
                let series: JSONValue = [
                    "count": .integer(Int64(count)), "lastObservedTime": .string(time.text(microseconds: true)),
                ]
                do {
                    let patch: JSONValue = ["series": series, "note": .string(Self.cut(event.note))]
                    _ = try await client.send(
                        .patch("\(Self.collection(event))/\(name)", .strategicMerge, patch.serialized()))
                } catch let error where error.isNotFound {
                    // The first one was lost, or has been removed after its hour.
                    _ = try await client.send(
                        APIRequest(.post, Self.collection(event), body: body(event, name, time, series: series)))
                }
            }
        } catch {
            logger.debug("an event was not accepted", metadata: ["error": "\(error)"])
        }
    }

    private func body(_ event: KubeEvent, _ name: String, _ time: Timestamp, series: JSONValue?) -> [UInt8] {
        var regarding: JSONValue = [
            "apiVersion": .string(event.regarding.apiVersion), "kind": .string(event.regarding.kind),
            "name": .string(event.regarding.key.name),
        ]
        if !event.regarding.key.namespace.isEmpty { regarding["namespace"] = .string(event.regarding.key.namespace) }
        if !event.regarding.uid.isEmpty { regarding["uid"] = .string(event.regarding.uid) }
        var object: JSONValue = [
            "apiVersion": "events.k8s.io/v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(Self.namespace(event))],
            "eventTime": .string(time.text(microseconds: true)), "reportingController": .string(controller),
            "reportingInstance": .string(instance), "type": .string(event.type.rawValue),
            "reason": .string(event.reason), "action": .string(event.action),
            "note": .string(Self.cut(event.note)), "regarding": regarding,
        ]
        if let series { object["series"] = series }
        return object.serialized()
    }

    /// Events about objects without a namespace live in `default`.
    private static func namespace(_ event: KubeEvent) -> String {
        event.regarding.key.namespace.isEmpty ? "default" : event.regarding.key.namespace
    }

    private static func collection(_ event: KubeEvent) -> String {
        "/apis/events.k8s.io/v1/namespaces/\(namespace(event))/events"
    }

    private static func cut(_ note: String) -> String {
        var cut = note[...]
        while cut.utf8.count > maximumNoteSize { cut.removeLast() }
        return String(cut)
    }
}
