import Dataplane
import JSONStream
import NetworkAddress
import NftablesDataplane
import ServiceModel
import StatusServing
import Testing

@testable import ProxyConfiguration

/// A file with the type's two fields and the lines of a test.
func file(_ lines: String) -> [UInt8] {
    Array("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n\(lines)\n".utf8)
}

/// The problems of a file, decoding and validation alike; empty if it is accepted.
func problems(_ lines: String) -> [String] {
    do {
        let configuration = try KubeProxyConfiguration(parsing: file(lines), source: "config.yaml")
        var notices: [String] = []
        _ = try ProxySettings(configuration, source: "config.yaml", notices: &notices)
        return []
    } catch {
        return error.problems.map { $0.description }
    }
}

func settings(_ lines: String) throws -> ProxySettings {
    var notices: [String] = []
    let configuration = try KubeProxyConfiguration(parsing: file(lines), source: "config.yaml")
    return try ProxySettings(configuration, source: "config.yaml", notices: &notices)
}

@Suite struct KubeProxyConfigurationTests {
    @Test func emptyFileHasUpstreamsDefaults() throws {
        let configuration = try KubeProxyConfiguration(parsing: file(""), source: "f")
        #expect(configuration == KubeProxyConfiguration())
        #expect(configuration.bindAddress == "0.0.0.0")
        #expect(configuration.healthzBindAddress == "0.0.0.0:10256")
        #expect(configuration.metricsBindAddress == "127.0.0.1:10249")
        #expect(configuration.oomScoreAdj == -999)
        #expect(configuration.iptables.syncPeriod == .seconds(30))
        #expect(configuration.iptables.minSyncPeriod == .seconds(1))
        #expect(configuration.iptables.masqueradeBit == 14)
        #expect(configuration.iptables.localhostNodePorts)
        #expect(configuration.ipvs.syncPeriod == .seconds(30))
        #expect(configuration.ipvs.minSyncPeriod == .zero)
        #expect(configuration.nftables.syncPeriod == .seconds(30))
        #expect(configuration.nftables.minSyncPeriod == .seconds(1))
        #expect(configuration.nftables.masqueradeBit == 14)
        #expect(configuration.conntrack.maxPerCore == 32_768)
        #expect(configuration.conntrack.min == 131_072)
        #expect(configuration.conntrack.tcpEstablishedTimeout == .seconds(86_400))
        #expect(configuration.conntrack.tcpCloseWaitTimeout == .seconds(3_600))
        #expect(configuration.configSyncPeriod == .seconds(900))
        #expect(configuration.clientConnection.contentType == "application/vnd.kubernetes.protobuf")
        #expect(configuration.clientConnection.qps == 5)
        #expect(configuration.clientConnection.burst == 10)
        #expect(configuration.logging.format == "text")
        #expect(configuration.logging.flushFrequency == .seconds(5))
    }

    @Test func defaultSettings() throws {
        let settings = try settings("")
        #expect(settings == ProxySettings(withServers: true))
        #expect(settings.mode == .nftables)
        #expect(settings.nodePortAddresses == .primary)
        #expect(settings.detectLocal == .clusterCIDR([]))
        #expect(settings.masqueradeBit == 14)
        #expect(settings.healthTimeout == .seconds(60))
    }

    /// What kubeadm writes: every field, zeros and nulls for "default".
    @Test func kubeadmsFileIsAccepted() throws {
        let settings = try settings(
            """
            bindAddress: 0.0.0.0
            bindAddressHardFail: false
            clientConnection:
              acceptContentTypes: ""
              burst: 0
              contentType: ""
              kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
              qps: 0
            clusterCIDR: 10.244.0.0/16
            configSyncPeriod: 0s
            conntrack:
              maxPerCore: null
              min: null
              tcpBeLiberal: false
              tcpCloseWaitTimeout: null
              tcpEstablishedTimeout: null
              udpStreamTimeout: 0s
              udpTimeout: 0s
            detectLocal: {bridgeInterface: "", interfaceNamePrefix: ""}
            detectLocalMode: ""
            enableProfiling: false
            healthzBindAddress: ""
            hostnameOverride: ""
            iptables:
              localhostNodePorts: null
              masqueradeAll: false
              masqueradeBit: null
              minSyncPeriod: 0s
              syncPeriod: 0s
            ipvs:
              excludeCIDRs: null
              minSyncPeriod: 0s
              scheduler: ""
              strictARP: false
              syncPeriod: 0s
              tcpFinTimeout: 0s
              tcpTimeout: 0s
              udpTimeout: 0s
            logging:
              flushFrequency: 0
              options:
                json: {infoBufferSize: "0"}
                text: {infoBufferSize: "0"}
              verbosity: 0
            metricsBindAddress: ""
            mode: ""
            nftables:
              masqueradeAll: false
              masqueradeBit: null
              minSyncPeriod: 1s
              syncPeriod: 0s
            nodePortAddresses: null
            oomScoreAdj: null
            portRange: ""
            showHiddenMetricsForVersion: ""
            winkernel:
              enableDSR: false
              forwardHealthCheckVip: false
              networkName: ""
              rootHnsEndpointName: ""
              sourceVip: ""
            """)
        var expected = ProxySettings(withServers: true)
        expected.client.kubeconfig = "/var/lib/kube-proxy/kubeconfig.conf"
        expected.detectLocal = .clusterCIDR([try #require(IPNetwork("10.244.0.0/16"))])
        #expect(settings == expected)
    }

    @Test func writtenZeroMinSyncPeriodIsZero() throws {
        #expect(try settings("nftables: {minSyncPeriod: 0s}").minSyncPeriod == .zero)
        #expect(try settings("nftables: {minSyncPeriod: null}").minSyncPeriod == .seconds(1))
    }

    @Test func everyHonouredFieldArrives() throws {
        let settings = try settings(
            """
            mode: nftables
            hostnameOverride: "  Node-1 "
            bindAddress: "fd00::5"
            bindAddressHardFail: true
            configSyncPeriod: 1m30s
            clientConnection: {kubeconfig: /k, qps: 2.5, burst: 7, contentType: application/json}
            nftables: {masqueradeBit: 5, masqueradeAll: true, syncPeriod: 10s, minSyncPeriod: 100ms}
            detectLocalMode: InterfaceNamePrefix
            detectLocal: {interfaceNamePrefix: veth}
            nodePortAddresses: [192.168.0.0/24, "fd00::/64"]
            oomScoreAdj: 0
            conntrack:
              maxPerCore: 1
              min: 2
              tcpEstablishedTimeout: 3s
              tcpCloseWaitTimeout: 4s
              tcpBeLiberal: true
              udpTimeout: 5s
              udpStreamTimeout: 6s
            logging: {format: json, verbosity: 4, flushFrequency: 1s}
            """)
        #expect(settings.nodeName == "node-1")
        #expect(settings.nodeAddress?.description == "fd00::5")
        #expect(settings.healthzAddress?.description == "[::]:10256")
        #expect(settings.metricsAddress?.description == "[::1]:10249")
        #expect(settings.bindAddressHardFail)
        #expect(settings.configSyncPeriod == .seconds(90))
        #expect(settings.client.kubeconfig == "/k")
        #expect(settings.client.qps == 2.5)
        #expect(settings.client.burst == 7)
        #expect(settings.masqueradeBit == 5)
        #expect(settings.masqueradeAll)
        #expect(settings.syncPeriod == .seconds(10))
        #expect(settings.minSyncPeriod == .milliseconds(100))
        #expect(settings.detectLocal == .interfaceNamePrefix("veth"))
        let networks = [try #require(IPNetwork("192.168.0.0/24")), try #require(IPNetwork("fd00::/64"))]
        #expect(settings.nodePortAddresses == .networks(networks))
        #expect(settings.oomScoreAdj == 0)
        var conntrack = ConntrackSettings()
        conntrack.maxPerCore = 1
        conntrack.min = 2
        conntrack.tcpEstablishedTimeout = .seconds(3)
        conntrack.tcpCloseWaitTimeout = .seconds(4)
        conntrack.tcpBeLiberal = true
        conntrack.udpTimeout = .seconds(5)
        conntrack.udpStreamTimeout = .seconds(6)
        #expect(settings.conntrack == conntrack)
        #expect(settings.logFormat == .json)
        #expect(settings.verbosity == 4)
    }

    @Test(arguments: [
        ("mode: nftables", []),
        ("", ["no proxy mode is configured, using nftables (kube-proxy itself would use iptables)"]),
        (
            "mode: nftables\nnodePortAddresses: [10.0.0.0/8]",
            ["nodePortAddresses has only IPv4 CIDRs: node ports are served on all local IPv6 addresses"]
        ),
        ("mode: nftables\nnodePortAddresses: [10.0.0.0/8, \"fd00::/8\"]", []),
        (
            "mode: nftables\nfeatureGates: {WatchList: false, NFTablesProxyMode: true}",
            ["featureGates.WatchList has no effect"]
        ),
    ])
    func notices(lines: String, expected: [String]) throws {
        var notices: [String] = []
        let configuration = try KubeProxyConfiguration(parsing: file(lines), source: "f")
        _ = try ProxySettings(configuration, source: "f", notices: &notices)
        #expect(notices == expected)
    }

    @Test func localModes() throws {
        #expect(try settings("detectLocalMode: NodeCIDR").detectLocal == .nodeCIDR)
        #expect(
            try settings("detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}").detectLocal
                == .bridgeInterface("cni0"))
        let dual = [try #require(IPNetwork("10.180.0.0/16")), try #require(IPNetwork("fd00:10:180::/48"))]
        #expect(try settings("clusterCIDR: 10.180.0.0/16,fd00:10:180::/48").detectLocal == .clusterCIDR(dual))
    }

    @Test func bindAddressesWithoutPortGetOne() throws {
        let settings = try settings("healthzBindAddress: 127.0.0.1\nmetricsBindAddress: \"::1\"")
        #expect(settings.healthzAddress?.description == "127.0.0.1:10256")
        #expect(settings.metricsAddress?.description == "[::1]:10249")
    }

    @Test func jsonIsRead() throws {
        let text = """
            {"kind": "KubeProxyConfiguration", "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            \t"mode": "nftables", "hostnameOverride": "n\\u0031", "nodePortAddresses": ["primary"], "oomScoreAdj": -1}
            """
        let configuration = try KubeProxyConfiguration(parsing: Array(text.utf8), source: "f")
        #expect(configuration.mode == "nftables")
        #expect(configuration.hostnameOverride == "n1")
        #expect(configuration.nodePortAddresses == ["primary"])
        #expect(configuration.oomScoreAdj == -1)
    }

    @Test func writtenFileReadsBack() throws {
        var configuration = KubeProxyConfiguration()
        configuration.hostnameOverride = "123"
        configuration.mode = "nftables"
        configuration.featureGates = ["AllAlpha": true, "WatchList": false]
        configuration.nodePortAddresses = ["10.0.0.0/8", "::/0"]
        configuration.clientConnection.qps = 2.5
        configuration.nftables.minSyncPeriod = .zero
        configuration.logging.vmodule = [.init(filePattern: "a*", verbosity: 3)]
        configuration.clientConnection.kubeconfig = "yes"
        let yaml = try configuration.yaml
        #expect(try KubeProxyConfiguration(parsing: Array(yaml.utf8), source: "f") == configuration)
        let json = configuration.json.serialized()
        #expect(try KubeProxyConfiguration(parsing: json, source: "f") == configuration)
    }

    @Test func writtenDefaultsLookLikeUpstreams() throws {
        let yaml = try KubeProxyConfiguration().yaml
        #expect(yaml.hasPrefix("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nbindAddress: 0.0.0.0\n"))
        #expect(yaml.contains("\nconntrack:\n  maxPerCore: 32768\n  min: 131072\n  tcpBeLiberal: false\n"))
        #expect(yaml.contains("  tcpEstablishedTimeout: 24h0m0s\n"))
        #expect(yaml.contains("\nmode: \"\"\n"))
        #expect(yaml.contains("\nkind: KubeProxyConfiguration\n"))
        #expect(yaml.contains("\nnodePortAddresses: null\n"))
    }
}

extension ProxySettings {
    /// Defaults, with the servers that a file always has.
    init(withServers: Bool) {
        self.init()
        guard withServers else { return }
        healthzAddress = HostPort("0.0.0.0:10256")
        metricsAddress = HostPort("127.0.0.1:10249")
        statusSocket = KubeProxyConfiguration.defaultStatusSocket
    }
}
