import Dataplane
import Foundation
import KubeAPI
import NetworkAddress
import ProxyConfiguration
import ServiceModel
import Testing

@testable import ProxyServer

@Suite struct ProxyStatusTests {
    private static func network(_ text: String) throws -> IPNetwork { try #require(IPNetwork(text)) }

    /// Whoever asks the socket can make the proxy's model again.
    @Test func whatTheModelNeedsSurvivesTheSocket() throws {
        let networks = [try Self.network("192.168.0.0/16"), try Self.network("fd02::/64")]
        let nodePorts: [ServiceModelConfiguration.NodePortAddresses] = [
            .primary, .all, .networks(networks), .chosen(networks, primary: true), .chosen([], primary: false),
        ]
        let detectors: [LocalTrafficDetector] = [
            .none, .clusterCIDR(networks), .nodeCIDR, .bridgeInterface("cni0"), .interfaceNamePrefix("veth"),
        ]
        for nodePortAddresses in nodePorts {
            for localTraffic in detectors {
                let configuration = ServiceModelConfiguration(
                    nodeName: "node1", families: [.ipv4], nodePortAddresses: nodePortAddresses,
                    servesNodePortsOnLoopback: true, relaysNodePortsOnLoopback: true, servesExternalIPs: false,
                    nodeIPOverride: IPAddress("192.168.0.9"), localTraffic: localTraffic, masqueradeAll: true,
                    annotations: ["a"], weightAnnotations: ["b", "c"])
                let data = try JSONEncoder().encode(ProxyStatus.Model(configuration))
                let model = try JSONDecoder().decode(ProxyStatus.Model.self, from: data)
                #expect(model.configuration(nodeName: "node1") == configuration)
            }
        }
    }

    @Test func theNodeSurvivesTheSocket() throws {
        var state = NodeState()
        state.zone = "zone-a"
        state.addresses = [.ipv4: try #require(IPAddress("192.168.0.2")), .ipv6: try #require(IPAddress("fd02::2"))]
        state.podCIDRs = [try Self.network("10.180.0.0/24")]
        state.serviceCIDRs = [try Self.network("172.30.0.0/16")]
        state.localAddresses = [try #require(IPAddress("192.168.0.2"))]
        let data = try JSONEncoder().encode(ProxyStatus.Node(name: "node1", state))
        let node = try JSONDecoder().decode(ProxyStatus.Node.self, from: data)
        #expect(node.state == state)
    }

    @Test func progressTellsWhatWaitsAndWhatFails() {
        let progress = SyncProgress()
        progress.queued(.ipv4)
        #expect(progress.all[.ipv4]?.pendingSince != nil)
        progress.failed(.ipv4, DataplaneError(operation: "commit", code: 1, message: "no"))
        progress.failed(.ipv4, DataplaneError(operation: "commit", code: 1, message: "never"))
        #expect(progress.all[.ipv4]?.failure?.attempts == 2)
        #expect(progress.all[.ipv4]?.failure?.error == "commit: never")
        #expect(progress.all[.ipv4]?.inForceSince == nil)
        progress.succeeded(.ipv4, ApplyReport(messages: 3))
        let first = progress.all[.ipv4]
        #expect(first?.failure == nil && first?.pendingSince == nil && first?.inForceSince != nil)
        #expect(first?.programmed == first?.checked)
        // A verification that found nothing makes what is programmed no younger.
        progress.succeeded(.ipv4, ApplyReport())
        #expect(progress.all[.ipv4]?.programmed == first?.programmed)
        #expect(progress.all[.ipv6] == nil)
    }

    @Test func theSocketIsConfigured() throws {
        func settings(_ text: String) throws -> ProxySettings {
            var notices: [String] = []
            return try ProxySettings(
                KubeProxyConfiguration(
                    parsing: Array(
                        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n\(text)\n".utf8),
                    source: "test"), source: "test", notices: &notices)
        }
        #expect(try settings("").statusSocket == "/run/viaduct/proxy.sock")
        #expect(try settings("statusSocket: /tmp/p.sock").statusSocket == "/tmp/p.sock")
        #expect(try settings("statusSocket: none").statusSocket == nil)
        #expect(try settings("statusSocket: \"\"").statusSocket == nil)
        for wrong in ["proxy.sock", "/tmp/", "/" + String(repeating: "x", count: 120)] {
            let error = #expect(throws: ConfigurationError.self) { _ = try settings("statusSocket: \(wrong)") }
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("statusSocket"))
        }
        let options = try ProxyOptions(flags: ProxyFlags(values: ["status-socket": ["none"]])) { _ in [] }
        #expect(options.settings.statusSocket == nil)
        let written = try KubeProxyConfiguration().yaml
        #expect(!written.contains("statusSocket"))
    }
}
