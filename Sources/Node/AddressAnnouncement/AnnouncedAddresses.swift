import KubeAPI
import NetworkAddress

/// The addresses of load balancers, and which nodes may announce each. Pure.
enum AnnouncedAddresses {
    /// - Parameter localNodes: nodes with ready endpoints, by Service.
    /// - Returns: nil for an address that every node may announce.
    static func addresses(
        _ services: some Sequence<Service>, localNodes: [ObjectKey: Set<String>]
    ) -> [IPAddress: Set<String>?] {
        var result: [IPAddress: Set<String>?] = [:]
        for service in services where service.spec.type == "LoadBalancer" {
            let isLocal = service.spec.externalTrafficPolicy == "Local"
            let nodes = isLocal ? localNodes[service.metadata.key] ?? [] : nil
            for ingress in service.loadBalancerIngress where (ingress.ipMode ?? "VIP") == "VIP" {
                guard let address = IPAddress(ingress.ip) else { continue }
                // Services that share an address are all served by the node that announces it.
                if let known = result[address] {
                    result[address] = .some(intersection(known, nodes))
                } else {
                    result[address] = .some(nodes)
                }
            }
        }
        return result
    }

    private static func intersection(_ left: Set<String>?, _ right: Set<String>?) -> Set<String>? {
        guard let left, let right else { return left ?? right }
        return left.intersection(right)
    }

    /// Those that this node announces.
    static func own(
        _ addresses: [IPAddress: Set<String>?], live: Set<String>, node: String
    ) -> Set<IPAddress> {
        Set(
            addresses.filter { address, allowed in
                let candidates = allowed.map { live.intersection($0) } ?? live
                return AnnouncementElection.winner(of: address, among: candidates) == node
            }.keys)
    }
}
