import APIObjects
import APIResources
import JSONStream
import KubeAPI
import NetworkAddress
import ObjectStore

/// What keeps servers that share a store from giving an address or a port out twice: a key for each that is taken, made
/// and removed in one step with the Service that has it. Addresses have IPAddress objects, as upstream's; node ports have
/// keys that clients do not see.
///
/// The pools of ``Allocators`` only say what is worth a try then.
struct AllocationClaims: Sendable {
    static let portPrefix = "/registry/ranges/servicenodeports/"
    static let managerLabel = "ipaddress.kubernetes.io/managed-by"
    static let manager = "ipallocator.k8s.io"

    let cache: WatchCache

    /// What a change of a Service takes and gives up beside it.
    func changes(_ reservation: Reservation, _ service: ServiceName) -> [StoreChange] {
        reservation.takenAddresses.map { StoreChange(Self.key($0), Self.object($0, service), expecting: .absent) }
            + reservation.takenPorts.map {
                StoreChange(Self.key(port: $0), Array(service.description.utf8), expecting: .absent)
            }
            + reservation.freedAddresses.compactMap { removal($0, service) }
            + reservation.freedPorts.map { StoreChange(Self.key(port: $0), nil, expecting: .anything) }
    }

    struct ServiceName: Hashable, Sendable, CustomStringConvertible {
        var namespace: String
        var name: String

        var description: String { "\(namespace)/\(name)" }
    }

    /// The removal of an address's object, unless it says that somebody else has the address.
    private func removal(_ address: IPAddress, _ service: ServiceName) -> StoreChange? {
        let key = Self.key(address)
        guard let object = cache.get(.ipAddresses, key: key),
            let parent = (try? object.decoded())?["spec"]?["parentRef"],
            ServiceName(namespace: parent.text("namespace"), name: parent.text("name")) == service
        else { return nil }
        return StoreChange(key, nil, expecting: .revision(object.revision))
    }

    /// As upstream's allocator makes it (kubernetes: pkg/registry/core/service/ipallocator/ipallocator.go).
    private static func object(_ address: IPAddress, _ service: ServiceName) -> [UInt8] {
        let object: JSONValue = [
            "metadata": ObjectWriter.ordered([
                "name": .string(address.description), "uid": .string(UUIDText.random()),
                "creationTimestamp": .string(Timestamp.now().text()),
                "labels": [
                    "ipaddress.kubernetes.io/ip-family": .string(address.family.apiName),
                    managerLabel: .string(manager),
                ],
            ]),
            "spec": [
                "parentRef": [
                    "resource": "services", "namespace": .string(service.namespace), "name": .string(service.name),
                ]
            ],
        ]
        return ResourceDefinition.ipAddresses.storedForm.encode(object)
    }

    static func key(_ address: IPAddress) -> String {
        ResourceDefinition.ipAddresses.key(namespace: "", name: address.description)
    }

    static func key(port: Int) -> String { "\(portPrefix)\(port)" }
}

extension Reservation {
    /// Takes out what turned out to be another's: it is not given back. (Its key is in the store.)
    mutating func lose(_ key: String) {
        takenAddresses.removeAll { AllocationClaims.key($0) == key }
        takenPorts.removeAll { AllocationClaims.key(port: $0) == key }
    }
}
