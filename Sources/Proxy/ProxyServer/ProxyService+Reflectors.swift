import KubeAPI
import KubeClient
import Logging

extension ProxyService {
    /// Services of other proxies, and slices of headless Services, are not even fetched. As upstream has it, each kind is
    /// chosen by its own label alone; a Service without a cluster IP is none of ours whatever its labels say.
    private static let services = ObjectSelector(labels: "!service.kubernetes.io/service-proxy-name")
    private static let endpointSlices = ObjectSelector(labels: "!service.kubernetes.io/headless")

    func addReflectors(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let proxy = proxy
        let client = client
        let logger = logger
        let startLog = startLog
        group.addTask {
            await Reflector(Service.self, client: client, selector: Self.services, logger: logger) {
                if case .synced = $0 { startLog.listed(Service.kind) }
                await proxy.handle($0)
            }.run()
        }
        group.addTask {
            await Reflector(EndpointSlice.self, client: client, selector: Self.endpointSlices, logger: logger) {
                if case .synced = $0 { startLog.listed(EndpointSlice.kind) }
                await proxy.handle($0)
            }.run()
        }
        let node = ObjectSelector(fields: "metadata.name=\(nodeName)")
        group.addTask {
            await Reflector(Node.self, client: client, selector: node, logger: logger) {
                if case .changed(let changes) = $0 { startLog.nodes(changes) }
                if case .synced = $0 { startLog.listed(Node.kind) }
                await proxy.handle($0)
            }.run()
        }
        group.addTask {
            // The first sync waits for the ranges, and so for this.
            await readDrains()
            await watchServiceCIDRs()
        }
    }

    /// ServiceCIDR objects are new in Kubernetes 1.33: a server that has none, or does not let us read them, is no
    /// reason to wait.
    private func watchServiceCIDRs() async {
        let tracker = ServiceCIDRTracker(proxy: proxy)
        var pause = Duration.milliseconds(200)
        while !Task.isCancelled {
            do throws(APIError) {
                _ = try await client.list(ServiceCIDR.self, limit: 1)
                break
            } catch {
                if error.statusCode != nil {
                    logger.info("ServiceCIDRs are not available", metadata: ["error": "\(error)"])
                    return await proxy.setServiceCIDRs([])
                }
                // The server is down: the other lists wait as well.
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
        await Reflector(ServiceCIDR.self, client: client, logger: logger) { await tracker.handle($0) }.run()
    }
}

/// Collects the ServiceCIDR objects, since the model takes them all at once.
private actor ServiceCIDRTracker {
    private let proxy: ServiceProxy
    private var objects: [ObjectKey: ServiceCIDR] = [:]
    private var isListed = false

    init(proxy: ServiceProxy) { self.proxy = proxy }

    func handle(_ event: ReflectorEvent<ServiceCIDR>) async {
        switch event {
        case .changed(let changes):
            for change in changes {
                switch change {
                case .upserted(let object): objects[object.metadata.key] = object
                case .deleted(let key): objects[key] = nil
                }
            }
        case .synced: isListed = true
        case .undecodable: return
        }
        if isListed { await proxy.setServiceCIDRs(Array(objects.values)) }
    }
}
