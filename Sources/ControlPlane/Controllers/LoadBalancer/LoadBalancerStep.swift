import KubeAPI
import NetworkAddress

/// What a Service wants of the load balancer. Pure.
enum LoadBalancerStep: Equatable {
    /// Addresses; or a problem that only a change of the Service can mend.
    case provide(Result<LoadBalancerAllocator.Demand, LoadBalancerAllocator.Problem>)
    /// It had addresses and is to have none.
    case withdraw
    /// Nothing, or nothing from here.
    case ignore

    static let finalizer = "service.kubernetes.io/load-balancer-cleanup"

    /// - Parameters:
    ///   - ownClass: the class that is served here.
    ///   - servesUnclassed: whether Services without a class are served, too.
    init(_ service: ManagedService, ownClass: String, servesUnclassed: Bool) {
        guard service.loadBalancerClass.map({ $0 == ownClass }) ?? servesUnclassed else {
            self = .ignore
            return
        }
        if service.type == "LoadBalancer", !service.metadata.isBeingDeleted {
            self = .provide(Self.demand(service))
        } else {
            self = service.metadata.finalizers.contains(Self.finalizer) ? .withdraw : .ignore
        }
    }

    private static func demand(
        _ service: ManagedService
    ) -> Result<LoadBalancerAllocator.Demand, LoadBalancerAllocator.Problem> {
        var families = service.ipFamilies.compactMap { IPFamily(rawValue: $0) }
        if families.isEmpty { families = [IPAddress(service.clusterIP)?.family ?? .ipv4] }
        var demand = LoadBalancerAllocator.Demand(
            families: families, takesFewer: service.ipFamilyPolicy == "PreferDualStack",
            present: service.loadBalancerIngress.compactMap { IPAddress($0.ip) })
        if !service.loadBalancerIP.isEmpty {
            guard let address = IPAddress(service.loadBalancerIP) else {
                return .failure(.noAddress(service.loadBalancerIP))
            }
            demand.address = address
        }
        return .success(demand)
    }
}

extension ManagedService {
    /// Whether the status says just this.
    func shows(_ addresses: [IPAddress]) -> Bool {
        loadBalancerIngress.map(\.ip) == addresses.map(\.description)
            && loadBalancerIngress.allSatisfy { $0.ipMode ?? "VIP" == "VIP" }
    }
}
