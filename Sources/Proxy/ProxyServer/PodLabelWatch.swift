import KubeAPI
import KubeClient
import Logging
import ServiceModel
import Synchronization

/// Watches the labels of pods, and nothing else of them, in namespaces with Services that choose endpoints by them; as long as
/// there is none, nothing is asked.
struct PodLabelWatch: Sendable {
    let client: KubeClient
    let proxy: ServiceProxy
    let logger: Logger

    /// A namespace that is watched, until `stop` is finished.
    private struct Watched {
        var stop: AsyncStream<Never>.Continuation
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            var watched: [String: Watched] = [:]
            for await _ in proxy.selectorChanges {
                let wanted = await proxy.selectingNamespaces
                for (namespace, known) in watched where !wanted.contains(namespace) {
                    known.stop.finish()
                    watched[namespace] = nil
                    await proxy.forgetLabels(in: namespace)
                }
                await proxy.labelsMayBeListed()
                for namespace in wanted.subtracting(watched.keys) {
                    let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
                    watched[namespace] = Watched(stop: stop)
                    group.addTask { await watch(namespace, until: stopped) }
                }
            }
            for known in watched.values { known.stop.finish() }
            group.cancelAll()
        }
    }

    private func watch(_ namespace: String, until stopped: AsyncStream<Never>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await watch(namespace) }
            for await _ in stopped {}
            group.cancelAll()
        }
    }

    private func watch(_ namespace: String) async {
        let selector = ObjectSelector.metadata(of: KubeClient.path(Pod.self, namespace: namespace))
        var hasTold = false
        while !Task.isCancelled {
            do throws(APIError) {
                _ = try await client.list(ObjectMetadata.self, selector, limit: 1)
                break
            } catch {
                if error.statusCode != nil {
                    if !hasTold {
                        logger.warning(
                            "labels of pods are not seen, so that weights and canaries by label do not count: they take list and watch of pods",
                            metadata: ["namespace": "\(namespace)", "error": "\(error)"])
                    }
                    hasTold = true
                    await proxy.listedLabels(in: namespace)
                }
                try? await Task.sleep(for: error.statusCode == nil ? .seconds(1) : .seconds(60))
            }
        }
        await Reflector(ObjectMetadata.self, client: client, selector: selector, logger: logger) { event in
            switch event {
            case .changed(let changes): await proxy.take(changes)
            case .synced: await proxy.listedLabels(in: namespace)
            case .undecodable: return
            }
        }.run()
    }
}

extension ServiceProxy {
    var selectingNamespaces: Set<String> { model.selectingNamespaces }

    func forgetLabels(in namespace: String) {
        model.forgetLabels(in: namespace)
        listedNamespaces.remove(namespace)
    }

    func take(_ changes: [ObjectChange<ObjectMetadata>]) {
        for change in changes {
            switch change {
            case .upserted(let pod): model.setLabels(pod.metadata.labels, of: pod.metadata.key)
            case .deleted(let key): model.setLabels(nil, of: key)
            }
        }
        changed()
    }

    /// All labels of a namespace are known, or never will be.
    func listedLabels(in namespace: String) {
        listedNamespaces.insert(namespace)
        labelsMayBeListed()
    }

    func labelsMayBeListed() {
        if model.selectingNamespaces.isSubset(of: listedNamespaces) { listed(.podLabels) }
    }
}
