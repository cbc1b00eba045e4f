import NftablesDataplane
import PrometheusMetrics
import Testing

@testable import ProxyConfiguration

@Suite struct FeatureGatesTests {
    /// Alpha and beta gates as `--help` of v1.36's components lists them, and what the two releases added.
    @Test func gatesOfBothReleasesAreKnown() {
        let open = FeatureGateFacts.v136.filter { $0.value.stage == .alpha || $0.value.stage == .beta }
        #expect(open.count > 150)
        for name in [
            "AllowServiceExternalIPs", "AtomicFIFO", "ClientsAllowCARotation", "GangScheduling", "PLEGOnDemandRelist",
            "ReloadKubeletClientCAFile", "ResourceHealthStatusMessage", "StaleControllerConsistencyJob",
            "UnlockWhileProcessingFIFO", "WorkloadAwarePreemption", "InOrderInformersBatchProcess",
            "NFTablesNetlink", "KubeProxyNFTablesLocalhostNodePorts", "KubeProxyIPVS", "EtcdRangeStream",
        ] {
            #expect(problems("featureGates: {\(name): true}") == [])
            #expect(problems("featureGates: {\(name): false}") == [])
        }
        #expect(FeatureGateFacts.v136["KubeProxyIPVS"] == nil)
        #expect(FeatureGateFacts.v137["KubeProxyIPVS"] == .init(stage: .deprecated, isOn: true))
        #expect(FeatureGateFacts.v136["ComponentStatusz"] == .init(stage: .beta, isOn: true))
        #expect(FeatureGateFacts.v136["SELinuxMount"] == .init(stage: .beta, isOn: false))
        #expect(FeatureGateFacts.v137["SELinuxMount"] == .init(stage: .stable, isOn: true))
    }

    @Test func stagesAreSwitchedTogether() {
        #expect(!FeatureGates([:]).isOn("GangScheduling"))
        #expect(FeatureGates(["AllAlpha": true]).isOn("GangScheduling"))
        #expect(!FeatureGates(["AllAlpha": true, "GangScheduling": false]).isOn("GangScheduling"))
        #expect(!FeatureGates(["AllBeta": false]).isOn("ComponentFlagz"))
        #expect(FeatureGates(["AllBeta": false]).isOn("AllowServiceExternalIPs"))
        #expect(!FeatureGates([:]).isOn("NoSuchGate"))
    }

    @Test func whatIsHonoured() throws {
        #expect(try settings("").servesExternalIPs)
        #expect(try !settings("featureGates: {AllowServiceExternalIPs: false}").servesExternalIPs)
        #expect(try !settings("featureGates: {ComponentFlagz: false}").servesFlagz)
        #expect(try !settings("featureGates: {AllBeta: false}").servesStatusz)
    }
}
