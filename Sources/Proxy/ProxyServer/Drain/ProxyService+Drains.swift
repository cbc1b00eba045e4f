import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import ServiceModel

extension ProxyService {
    private static let drained = ObjectSelector(labels: DrainStatus.label)

    /// Knows what is drained before the first sync, so that a restart sends nobody there. A server that does not let us
    /// look is no reason to wait.
    func readDrains() async {
        await drains.begin()
        if let pods: [Pod] = await firstList() {
            await drains.handle(.changed(pods.map { .upserted($0) }))
        }
        if let nodes: [Node] = await firstList() {
            await drains.handle(.changed(nodes.map { .upserted($0) }))
        }
    }

    private func firstList<Object: APIObject>() async -> [Object]? {
        var pause = Duration.milliseconds(200)
        while !Task.isCancelled {
            do throws(APIError) {
                return try await client.list(Object.self, Self.drained, limit: 5000).items
            } catch {
                if error.statusCode != nil { return nil }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
        return nil
    }

    func followDrains(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let drains = drains
        group.addTask { await drains.run() }
        group.addTask { await follow(Pod.self) { await drains.handle($0) } }
        group.addTask { await follow(Node.self) { await drains.handle($0) } }
    }

    /// Watches what has the label. Where that is not allowed, which is no failure, it is looked for again from time to time.
    private func follow<Object: APIObject>(
        _ type: Object.Type, _ handler: @escaping Reflector<Object>.Handler
    ) async {
        var hasTold = false
        while !Task.isCancelled {
            do throws(APIError) {
                _ = try await client.list(Object.self, Self.drained, limit: 1)
                break
            } catch {
                if error.statusCode != nil, !hasTold {
                    hasTold = true
                    logger.info(
                        "\(Object.resource) with the label \(DrainStatus.label) cannot be listed; draining them needs the rights list and watch on \(Object.resource)",
                        metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: error.statusCode == nil ? .seconds(5) : .seconds(60))
            }
        }
        await Reflector(Object.self, client: client, selector: Self.drained, logger: logger, handler: handler).run()
    }
}
