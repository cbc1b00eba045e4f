import APIObjects
import APIResources
import JSONStream
import NetworkAddress
public import ObjectStore

/// What an API server's store holds, as far as it matters to whom moves it or looks through it.
public enum StoredContents {
    /// The beginning of all keys.
    public static let root = "/registry"

    /// Whether servers over a shared store keep it for themselves: it is made anew where it is needed, and of no use to a
    /// server that has its store alone.
    public static func isOfSharing(_ object: StoredObject) -> Bool {
        if object.key.hasPrefix(AllocationClaims.portPrefix) || object.key.hasPrefix(ServerLeases.prefix) {
            return true
        }
        guard object.key.hasPrefix(ResourceDefinition.ipAddresses.storagePrefix) else { return false }
        let labels = (try? CachedObject.Facts(in: object.value))?.labels ?? [:]
        return labels[AllocationClaims.managerLabel] == AllocationClaims.manager
    }

    /// Whether a server that shares a store lives, by what it holds.
    public static func isServer(_ object: StoredObject) -> Bool { object.key.hasPrefix(ServerLeases.prefix) }

    /// How long a shared store is to keep a value; nil: until it is removed.
    public static func lifetime(of object: StoredObject, events: Duration) -> Duration? {
        events > .zero && object.key.hasPrefix(ResourceDefinition.events.storagePrefix) ? events : nil
    }

    /// What a server could not read, or what two of its objects claim.
    public static func problems(_ objects: [StoredObject]) -> [String] {
        var forms: [(prefix: String, form: StoredForm)] = []
        for definition in ResourceRegistry.standard.definitions {
            forms.append((definition.storagePrefix, definition.storedForm))
        }
        forms.sort { $0.prefix.count > $1.prefix.count }
        var problems: [String] = []
        var addresses: [IPAddress: String] = [:]
        var ports: [Int: String] = [:]
        for object in objects {
            guard let form = forms.first(where: { object.key.hasPrefix($0.prefix) })?.form else { continue }
            guard let bytes = form.wire(object.value, revision: object.revision),
                let value = try? JSONValue(parsing: bytes)
            else {
                problems.append("\(object.key): it is not as this server writes it")
                continue
            }
            guard object.key.hasPrefix(ResourceDefinition.services.storagePrefix) else { continue }
            let held = ServiceStrategy.held(value["spec"] ?? [:])
            for address in held.addresses {
                if let other = addresses.updateValue(object.key, forKey: address) {
                    problems.append("\(object.key) and \(other) both have the cluster IP \(address)")
                }
            }
            for port in held.ports {
                if let other = ports.updateValue(object.key, forKey: port) {
                    problems.append("\(object.key) and \(other) both have the node port \(port)")
                }
            }
        }
        return problems
    }
}
