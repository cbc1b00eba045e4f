import KubeAPI
import NetworkAddress
import Testing

@testable import Controllers

@Suite struct LoadBalancerStepTests {
    private static func step(
        _ servesUnclassed: Bool = true, _ change: (inout ManagedService) -> Void
    ) -> LoadBalancerStep {
        let service = ManagedService.web {
            $0.type = "LoadBalancer"
            change(&$0)
        }
        return LoadBalancerStep(service, ownClass: "viaduct.io/pool", servesUnclassed: servesUnclassed)
    }

    private static let finalizer = "service.kubernetes.io/load-balancer-cleanup"
    private static let plain = LoadBalancerStep.provide(.success(.init(families: [.ipv4])))

    @Test func classesOfOthersAreLeftAlone() {
        #expect(Self.step { _ in } == Self.plain)
        #expect(Self.step(false) { _ in } == .ignore)
        #expect(Self.step(false) { $0.loadBalancerClass = "viaduct.io/pool" } == Self.plain)
        #expect(Self.step { $0.loadBalancerClass = "example.com/other" } == .ignore)
        let foreign = Self.step {
            $0.loadBalancerClass = "example.com/other"
            $0.metadata.finalizers = [Self.finalizer]
            $0.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        }
        #expect(foreign == .ignore)
    }

    @Test func theFinalizerTellsWhatHasToBeTakenBack() {
        #expect(Self.step { $0.type = "ClusterIP" } == .ignore)
        #expect(
            Self.step {
                $0.type = "NodePort"
                $0.metadata.finalizers = [Self.finalizer]
            } == .withdraw)
        #expect(
            Self.step {
                $0.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
                $0.metadata.finalizers = ["a/b", Self.finalizer]
            } == .withdraw)
    }

    @Test func theDemandFollowsTheSpec() throws {
        let present = try #require(IPAddress("192.0.2.1"))
        let wanted = try #require(IPAddress("192.0.2.9"))
        let step = Self.step {
            $0.ipFamilies = ["IPv6", "IPv4"]
            $0.ipFamilyPolicy = "PreferDualStack"
            $0.loadBalancerIP = "192.0.2.9"
            $0.loadBalancerIngress = [.init(ip: "192.0.2.1", ipMode: "VIP"), .init(ip: "")]
        }
        #expect(
            step
                == .provide(
                    .success(.init(families: [.ipv6, .ipv4], takesFewer: true, address: wanted, present: [present]))))
        #expect(
            Self.step { $0.loadBalancerIP = "web.example.com" } == .provide(.failure(.noAddress("web.example.com"))))
    }
}
