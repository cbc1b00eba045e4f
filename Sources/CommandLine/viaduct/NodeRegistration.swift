import JSONStream
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import NetworkAddress

/// Keeps a Node object for this host, as a kubelet does, so that Services find their node and its addresses.
struct NodeRegistration: Sendable {
    let client: KubeClient
    let name: String
    /// The addresses to report.
    let addresses: [IPAddress]
    let logger: Logger

    /// The addresses that this host sends from, one of each family that has a default route.
    static var hostAddresses: [IPAddress] { IPFamily.allCases.compactMap(SourceAddress.preferred) }

    /// Says that no kubelet is here: pods that do not tolerate it go elsewhere.
    static let taint = Taint("viaduct.io/no-kubelet", "", .noSchedule)
    private static let renewPeriod = Duration.seconds(10)

    /// Renews the node's Lease, by which others see that the host is up, until the task is cancelled.
    func keepAlive() async {
        let key = ObjectKey(namespace: "kube-node-lease", name: name)
        repeat {
            do throws(APIError) {
                try await renew(key)
            } catch {
                logger.debug("the node's lease was not renewed", metadata: ["error": "\(error)"])
            }
        } while (try? await Task.sleep(for: Self.renewPeriod)) != nil
    }

    private func renew(_ key: ObjectKey) async throws(APIError) {
        var lease = Lease(metadata: ObjectMeta(name: key.name, namespace: key.namespace))
        lease.holder = name
        lease.duration = 40
        lease.renewTime = Timestamp.now().text(microseconds: true)
        // Nobody else writes it, so no version is asked for.
        _ = try await client.update(Lease.self, key, lease.json.serialized())
    }

    /// Creates the Node, or brings the addresses of the one that is there up to date.
    func run() async throws(APIError) {
        do throws(APIError) {
            _ = try await client.create(Node.self, object.serialized())
            logger.info("registered node \(name)", metadata: ["addresses": "\(addresses)"])
        } catch  where error.isAlreadyExists {
            let path = KubeClient.path(Node.self, ObjectKey(namespace: "", name: name)) + "/status"
            var patch = JSONValue.null
            patch["status"] = status
            _ = try await client.send(.patch(path, .merge, patch.serialized()))
        }
    }

    private var status: JSONValue {
        let internalIPs: [JSONValue] = addresses.map { ["type": "InternalIP", "address": .string($0.description)] }
        let ready: JSONValue = [
            "type": "Ready", "status": "True", "reason": "ViaductUp", "message": "viaduct up runs on this host",
        ]
        return [
            "addresses": .array(internalIPs + [["type": "Hostname", "address": .string(name)]]),
            "conditions": .array([ready]),
        ]
    }

    private var object: JSONValue {
        [
            "apiVersion": "v1", "kind": "Node",
            "metadata": ["name": .string(name), "labels": ["kubernetes.io/hostname": .string(name)]],
            "spec": ["taints": [Self.taint.json]],
            "status": status,
        ]
    }
}
