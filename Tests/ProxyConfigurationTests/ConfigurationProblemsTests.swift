import JSONStream
import TestSupport
import Testing

@testable import ProxyConfiguration

/// The texts that users see.
@Suite struct ConfigurationProblemsTests {
    @Test(arguments: [
        ("mode2: x", "line 3: mode2: unknown field \"mode2\"; did you mean \"mode\"?"),
        ("Mode: nftables", "line 3: Mode: unknown field \"Mode\"; did you mean \"mode\"?"),
        ("mdoe: nftables", "line 3: mdoe: unknown field \"mdoe\"; did you mean \"mode\"?"),
        ("udpIdleTimeout: 1s", "line 3: udpIdleTimeout: unknown field \"udpIdleTimeout\"; remove it"),
        (
            "nftables:\n  masqBit: 1",
            "line 4: nftables.masqBit: unknown field \"masqBit\"; remove it"
        ),
        ("mode: 1", "line 3: mode: must be a string (put it in quotes), not 1"),
        ("bindAddressHardFail: \"yes\"", "line 3: bindAddressHardFail: must be true or false, not \"yes\""),
        ("oomScoreAdj: 1.5", "line 3: oomScoreAdj: must be an integer of 32 bits, not 1.5"),
        ("oomScoreAdj: 99999999999", "line 3: oomScoreAdj: must be an integer of 32 bits, not 99999999999"),
        (
            "configSyncPeriod: 30",
            "line 3: configSyncPeriod: must be a duration such as 30s, 1m30s or 100ms, not 30"
        ),
        ("nodePortAddresses: primary", "line 3: nodePortAddresses: must be a list of strings, not \"primary\""),
        ("nodePortAddresses: [1]", "line 3: nodePortAddresses: must be a list of strings, not a list"),
        ("nftables: [1]", "line 3: nftables: must be an object, not a list"),
        ("mode: a\nmode: b", "line 3: mode: the key appears twice; keep one of them"),
        ("featureGates: {A: 1}", "line 3: featureGates: must be an object of names with true or false, not an object"),
        (
            "clientConnection: {qps: fast}",
            "line 3: clientConnection.qps: must be a number, not \"fast\""
        ),
    ])
    func decoding(lines: String, expected: String) {
        #expect(problems(lines) == [expected])
    }

    @Test(arguments: [
        (
            "mode: iptables\niptables: {engine: nft}",
            "iptables.engine: unknown engine \"nft\"; set it to blob or libiptc"
        ),
        (
            "mode: ipvs\nipvs: {scheduler: rrr}",
            "ipvs.scheduler: \"rrr\" is not a scheduler of IPVS; use one of rr, wrr, lc, wlc, lblc, lblcr, sh, dh, "
                + "sed, nq, fo, ovf, mh, twos"
        ),
        (
            "mode: ipvs\nipvs: {scheduler: \"rr:sh-port\"}",
            "ipvs.scheduler: \"sh-port\" is not a flag of the scheduler rr; it has none"
        ),
        (
            "mode: ipvs\nipvs: {excludeCIDRs: [10.0.0.0]}",
            "ipvs.excludeCIDRs[0]: \"10.0.0.0\" must be a CIDR such as 10.100.0.0/16"
        ),
        ("mode: ipvs\nipvs: {udpTimeout: -1s}", "ipvs.udpTimeout: -1s must be at least 0s"),
        (
            "mode: ipvs\nipvs: {minSyncPeriod: 40s}",
            "ipvs.syncPeriod: 30s must be at least ipvs.minSyncPeriod (40s)"
        ),
        (
            "mode: kernelspace",
            "mode: proxy mode \"kernelspace\" exists on Windows only; "
                + "set mode: nftables (or --proxy-mode=nftables without --config)"
        ),
        (
            "mode: nft",
            "mode: unknown proxy mode \"nft\"; set mode: nftables (or --proxy-mode=nftables without --config)"
        ),
        ("nftables: {masqueradeBit: 32}", "nftables.masqueradeBit: 32 must be within the range [0, 31]"),
        ("iptables: {masqueradeBit: -1}", "iptables.masqueradeBit: -1 must be within the range [0, 31]"),
        ("nftables: {syncPeriod: -1s}", "nftables.syncPeriod: -1s must be greater than 0s"),
        ("nftables: {minSyncPeriod: -1s}", "nftables.minSyncPeriod: -1s must be at least 0s"),
        (
            "nftables: {syncPeriod: 1s, minSyncPeriod: 2s}",
            "nftables.syncPeriod: 1s must be at least nftables.minSyncPeriod (2s)"
        ),
        ("configSyncPeriod: -5s", "configSyncPeriod: -5s must be greater than 0s"),
        ("bindAddress: localhost", "bindAddress: \"localhost\" is not an IP address"),
        ("oomScoreAdj: -1001", "oomScoreAdj: -1001 must be within the range [-1000, 1000]"),
        (
            "healthzBindAddress: localhost:1",
            "healthzBindAddress: \"localhost:1\" must be an IP address and a port from 1 to 65535, "
                + "such as 0.0.0.0:10256 or [::]:10256"
        ),
        (
            "metricsBindAddress: 127.0.0.1:70000",
            "metricsBindAddress: \"127.0.0.1:70000\" must be an IP address and a port from 1 to 65535, "
                + "such as 0.0.0.0:10256 or [::]:10256"
        ),
        (
            "detectLocalMode: Magic",
            "detectLocalMode: unknown mode \"Magic\"; use ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix"
        ),
        (
            "detectLocalMode: BridgeInterface",
            "detectLocal.bridgeInterface: must not be empty when detectLocalMode is BridgeInterface"
        ),
        (
            "detectLocalMode: InterfaceNamePrefix",
            "detectLocal.interfaceNamePrefix: must not be empty when detectLocalMode is InterfaceNamePrefix"
        ),
        (
            "detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: sixteen-letters-}",
            "detectLocal.bridgeInterface: \"sixteen-letters-\" is no interface name: "
                + "at most 15 bytes, no slash, no space"
        ),
        (
            "clusterCIDR: 10.0.0.0",
            "clusterCIDR: \"10.0.0.0\" must be a CIDR, such as 10.100.0.0/16 or fde4:8dba:82e1::/48"
        ),
        (
            "clusterCIDR: 10.0.0.0/8,11.0.0.0/8",
            "clusterCIDR: \"10.0.0.0/8,11.0.0.0/8\" must have one CIDR of each IP family, "
                + "such as 10.100.0.0/16,fde4:8dba:82e1::/48"
        ),
        (
            "clusterCIDR: 10.0.0.0/8,fd00::/8,fc00::/8",
            "clusterCIDR: \"10.0.0.0/8,fd00::/8,fc00::/8\" must be one CIDR or one of each IP family, "
                + "such as 10.100.0.0/16,fde4:8dba:82e1::/48"
        ),
        (
            "nodePortAddresses: [10.0.0.1]",
            "nodePortAddresses[0]: \"10.0.0.1\" must be a CIDR such as 192.168.0.0/24, or primary, "
                + "localhost or all"
        ),
        ("conntrack: {maxPerCore: -1}", "conntrack.maxPerCore: -1 must be at least 0"),
        ("conntrack: {min: -1}", "conntrack.min: -1 must be at least 0"),
        ("conntrack: {udpTimeout: -1s}", "conntrack.udpTimeout: -1s must be at least 0s"),
        ("conntrack: {tcpCloseWaitTimeout: -1s}", "conntrack.tcpCloseWaitTimeout: -1s must be at least 0s"),
        ("clientConnection: {burst: -1}", "clientConnection.burst: must be at least 0"),
        (
            "clientConnection: {contentType: text/html}",
            "clientConnection.contentType: unknown content type \"text/html\"; use application/json"
        ),
        (
            "clientConnection: {acceptContentTypes: text/html}",
            "clientConnection.acceptContentTypes: \"text/html\" allows no type that can be read; leave it empty"
        ),
        ("featureGates: {Nope: true}", "featureGates.Nope: unrecognized feature gate; remove it"),
        (
            "featureGates: {WatchLists: true}",
            "featureGates.WatchLists: unrecognized feature gate; did you mean \"WatchList\"?"
        ),
        (
            "featureGates: {NFTablesProxyMode: false}",
            "featureGates.NFTablesProxyMode: cannot set to false, the feature is locked to true; remove it"
        ),
        (
            "mode: ipvs\nfeatureGates: {KubeProxyIPVS: false}",
            "mode: ipvs is switched off by featureGates.KubeProxyIPVS; "
                + "set mode: nftables (or --proxy-mode=nftables without --config)"
        ),
        (
            "showHiddenMetricsForVersion: \"1.20\"",
            "showHiddenMetricsForVersion: \"1.20\" must be omitted or \"1.35\": "
                + "only the previous minor version is allowed"
        ),
        ("portRange: 5-1", "portRange: \"5-1\" must be a port range such as 300-2000; remove it"),
        ("logging: {format: xml}", "logging.format: unknown format \"xml\"; use text or json"),
        ("logging: {verbosity: -1}", "logging.verbosity: must be within the range [0, 2147483647]"),
        (
            "hostnameOverride: a_b",
            "hostnameOverride: \"a_b\" cannot be the name of a Node: letters, digits, '-' and '.', at most 253"
        ),
    ])
    func validation(lines: String, expected: String) {
        #expect(problems(lines) == [expected])
    }

    @Test func allProblemsAreListed() {
        #expect(problems("mode2: x\nnftables:\n  a: 1\n  masqueradeBit: true").count == 3)
        #expect(problems("mode: x\noomScoreAdj: 2000\nconntrack: {min: -1}").count == 3)
        let error = ConfigurationError(
            source: "f", problems: [.init(path: "a", message: "b"), .init(path: "c", message: "d", line: 2)])
        #expect(error.description == "f: 2 errors\n  a: b\n  line 2: c: d")
    }

    @Test(arguments: [
        ("", "the file is empty; it must hold a KubeProxyConfiguration"),
        ("# nothing\n", "the file is empty; it must hold a KubeProxyConfiguration"),
        ("- 1\n", "must be an object of kind KubeProxyConfiguration, not a list"),
        ("a: [", "not valid YAML: did not find expected node content"),
        ("{\"mode\": \"a\", \"mode\": \"b\"}", "mode: the key appears twice; keep one of them"),
        ("{\"conntrack\": {\"min\": 1, \"min\": 2}}", "conntrack.min: the key appears twice; keep one of them"),
    ])
    func wholeFile(text: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try KubeProxyConfiguration(parsing: Array(text.utf8), source: "f")
        }
        #expect(
            error?.problems.contains { $0.description.hasSuffix(expected) } == true, "\(String(describing: error))")
    }

    @Test func typeIsChecked() {
        let error = #expect(throws: ConfigurationError.self) {
            try KubeProxyConfiguration(parsing: Array("kind: Pod\n".utf8), source: "f")
        }
        #expect(
            error?.problems.map(\.description) == [
                "apiVersion: must be \"kubeproxy.config.k8s.io/v1alpha1\"; it is missing",
                "line 1: kind: must be \"KubeProxyConfiguration\", not \"Pod\"",
            ])
    }

    /// As upstream's YAML reader: the first counts.
    @Test func severalDocumentsAreRefusedStrictly() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try KubeProxyConfiguration(parsing: file("---\nkind: Pod"), source: "f")
        }
        #expect(error?.description == "f: the file holds 2 YAML documents; it must hold one")
        #expect(problems("---\n") == [])
        var warnings: [ConfigurationProblem] = []
        let first = try KubeProxyConfiguration(
            parsing: file("mode: ipvs\n---\nkind: Pod"), source: "f", isStrict: false, warnings: &warnings)
        #expect(first.mode == "ipvs")
        #expect(warnings.map(\.description) == ["the file holds 2 YAML documents; the first is read; it must hold one"])
    }

    @Test(arguments: [
        ("mode: a\nmode: b\nmode: c", "c", 2), ("\"mode\": a\n'mode': b", "b", 1), ("mode: a\n\"mode\": b", "b", 1),
        ("nftables: {masqueradeBit: 1, masqueradeBit: 2}\nmode: x", "x", 1),
    ])
    func ofTwoKeysTheLastCounts(lines: String, mode: String, count: Int) throws {
        var warnings: [ConfigurationProblem] = []
        let read = try KubeProxyConfiguration(parsing: file(lines), source: "f", isStrict: false, warnings: &warnings)
        #expect(read.mode == mode)
        #expect(warnings.count == count)
        #expect(warnings.allSatisfy { $0.message.contains("appears twice") && ($0.line ?? 0) >= 3 })
        if count == 1, mode == "x" { #expect(read.nftables.masqueradeBit == 2) }
    }

    @Test func tooManyDuplicatesAreRefused() {
        var warnings: [ConfigurationProblem] = []
        #expect(throws: ConfigurationError.self) {
            try KubeProxyConfiguration(
                parsing: file(String(repeating: "mode: a\n", count: 200)), source: "f", isStrict: false,
                warnings: &warnings)
        }
    }

    @Test func hostileFilesAreRefused() {
        let deep = String(repeating: "[", count: 100_000)
        let dashes = String(repeating: "- ", count: 100_000)
        let aliases =
            "a: &a [1,1,1,1,1,1,1,1]\n"
            + (0..<12).map { index in
                let name = String(UnicodeScalar(UInt8(98 + index)))
                let previous = String(UnicodeScalar(UInt8(97 + index)))
                return "\(name): &\(name) [" + Array(repeating: "*\(previous)", count: 8).joined(separator: ",") + "]\n"
            }.joined()
        let large = String(repeating: "a", count: ConfigurationParser.maximumBytes + 1)
        let json = "{\"a\":" + String(repeating: "[", count: 400) + String(repeating: "]", count: 400) + "}"
        for text in [deep, dashes, aliases, large, json, "a: *b", "? [a]\n: b", "\u{0}"] {
            #expect(throws: ConfigurationError.self) {
                try KubeProxyConfiguration(parsing: Array(text.utf8), source: "f")
            }
        }
        #expect(throws: ConfigurationError.self) {
            try KubeProxyConfiguration(parsing: [0xFF, 0xFE, 0x00], source: "f")
        }
    }

    /// Mutations of real files: whatever they are, they are read or refused.
    @Test func mutatedFilesNeverCrash() throws {
        var random = SeededGenerator(seed: 42)
        let seeds = [try Array(KubeProxyConfiguration().yaml.utf8), KubeProxyConfiguration().json.serialized()]
        let pieces = [
            "[", "{", "}", ":", "- ", "\n", "\"", "'", "&a", "*a", "!!int", "0x", "null", "~", "\t", "|", ">",
        ]
        var accepted = 0
        for _ in 0..<3_000 {
            var bytes = seeds[Int.random(in: 0...1, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2:
                    bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8, at: index)
                default: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &random)))
                }
                if bytes.isEmpty { break }
            }
            if let configuration = try? KubeProxyConfiguration(parsing: bytes, source: "f") {
                accepted += 1
                var notices: [String] = []
                _ = try? ProxySettings(configuration, source: "f", notices: &notices)
            }
        }
        #expect(accepted > 0 && accepted < 3_000)
    }
}
