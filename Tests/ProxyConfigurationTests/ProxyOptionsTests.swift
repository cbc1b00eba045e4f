import Dataplane
import NetworkAddress
import NftablesDataplane
import ServiceModel
import StatusServing
import TestSupport
import Testing

@testable import ProxyConfiguration

@Suite struct ProxyOptionsTests {
    private func options(_ arguments: String..., file contents: String? = nil) throws -> ProxyOptions {
        try ProxyOptions(flags: try ProxyFlags(arguments: arguments)) { path in
            guard let contents, path == "config.yaml" else { throw SomeError() }
            return file(contents)
        }
    }

    private struct SomeError: Error, CustomStringConvertible {
        let description = "no such file"
    }

    private func problems(_ arguments: String...) -> String {
        do {
            _ = try ProxyOptions(flags: try ProxyFlags(arguments: arguments)) { _ in throw SomeError() }
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func withoutFlagsDefaultsCount() throws {
        let options = try options()
        #expect(options.settings == ProxySettings(withServers: true))
        #expect(options.action == .run)
        #expect(
            options.notices == ["no proxy mode is configured, using nftables (kube-proxy itself would use iptables)"])
    }

    @Test func formsOfFlags() throws {
        let flags = try ProxyFlags(arguments: [
            "--proxy-mode=nftables", "--kubeconfig", "/k", "--masquerade-all", "--conntrack_min=5", "-v=4", "-v", "3",
            "-v2", "--cleanup=false", "--master=",
        ])
        #expect(flags["proxy-mode"] == "nftables")
        #expect(flags["kubeconfig"] == "/k")
        #expect(flags["masquerade-all"] == "true")
        #expect(flags["conntrack-min"] == "5")
        #expect(flags.values["v"] == ["4", "3", "2"])
        #expect(flags["cleanup"] == "false")
        #expect(flags["master"] == "")
        #expect(!flags.wantsHelp)
        #expect(try ProxyFlags(arguments: ["-h"]).wantsHelp)
        #expect(try ProxyFlags(arguments: ["--config", "x", "--help"]).wantsHelp)
        #expect(try ProxyFlags(arguments: ["--version"]).wantsVersion)
        #expect(try !ProxyFlags(arguments: ["--version=false"]).wantsVersion)
    }

    @Test(arguments: [
        (["--proxy-mod=x"], "command line: unknown flag: --proxy-mod; did you mean --proxy-mode?"),
        (["--udp-port-range-of-old"], "command line: unknown flag: --udp-port-range-of-old"),
        (["-x"], "command line: unknown flag: -x"),
        (["--config"], "command line: flag needs an argument: --config"),
        (["start"], "command line: \"start\": no arguments are taken, only flags"),
    ])
    func badForms(arguments: [String], expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try ProxyFlags(arguments: arguments) }
        #expect(error?.description == expected)
    }

    @Test func flagsWithoutFile() throws {
        let options = try options(
            "--proxy-mode=nftables", "--cluster-cidr=10.0.0.0/8,fd00::/8", "--nodeport-addresses=10.0.0.0/8",
            "--nodeport-addresses=fd00::/8", "--iptables-sync-period=5s", "--iptables-min-sync-period=0",
            "--masquerade-all=true", "--hostname-override= Node-A ", "--oom-score-adj=7", "--kube-api-qps=2.5",
            "--kube-api-burst=3", "--bind-address=192.0.2.1", "--bind-address-hard-fail",
            "--feature-gates=AllAlpha=true",
            "--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=1h", "--conntrack-tcp-be-liberal",
            "--conntrack-udp-timeout-stream=3m", "--config-sync-period=1m", "--master=https://api:6443", "-v=5",
            "--logging-format=json", "--kubeconfig=/etc/k", "--healthz-bind-address=127.0.0.1",
            "--metrics-bind-address=")
        let settings = options.settings
        let networks = [try #require(IPNetwork("10.0.0.0/8")), try #require(IPNetwork("fd00::/8"))]
        #expect(settings.detectLocal == .clusterCIDR(networks))
        #expect(settings.nodePortAddresses == .networks(networks))
        #expect(settings.syncPeriod == .seconds(5))
        #expect(settings.minSyncPeriod == .zero)
        #expect(settings.masqueradeAll)
        #expect(settings.nodeName == "node-a")
        #expect(settings.oomScoreAdj == 7)
        #expect(settings.client.qps == 2.5)
        #expect(settings.client.burst == 3)
        #expect(settings.client.master == "https://api:6443")
        #expect(settings.client.kubeconfig == "/etc/k")
        #expect(settings.nodeAddress?.description == "192.0.2.1")
        #expect(settings.bindAddressHardFail)
        #expect(settings.conntrack.maxPerCore == 0)
        #expect(settings.conntrack.tcpEstablishedTimeout == .seconds(3600))
        #expect(settings.conntrack.tcpBeLiberal)
        #expect(settings.conntrack.udpStreamTimeout == .seconds(180))
        #expect(settings.configSyncPeriod == .seconds(60))
        #expect(settings.verbosity == 5)
        #expect(settings.logFormat == .json)
        #expect(settings.healthzAddress?.description == "127.0.0.1:10256")
        #expect(settings.metricsAddress == nil)
        #expect(options.notices.isEmpty)
    }

    @Test func onlySomeFlagsCountBesidesAFile() throws {
        let options = try options(
            "--config=config.yaml", "--proxy-mode=ipvs", "--oom-score-adj=5", "-v=3", "--hostname-override=b",
            "--master=http://m", file: "mode: nftables\nhostnameOverride: a\nlogging: {verbosity: 1, format: json}")
        #expect(options.settings.mode == .nftables)
        #expect(options.settings.oomScoreAdj == -999)
        #expect(options.settings.verbosity == 3)
        #expect(options.settings.logFormat == .json)
        #expect(options.settings.nodeName == "b")
        #expect(options.settings.client.master == "http://m")
        #expect(options.configurationFile == "config.yaml")
        #expect(options.notices == ["ignored, since --config names a file: --oom-score-adj, --proxy-mode"])
    }

    @Test func deprecatedPorts() throws {
        let options = try options(
            "--proxy-mode=nftables", "--healthz-port=0", "--metrics-port=9000", "--metrics-bind-address=127.0.0.9")
        #expect(options.settings.healthzAddress == nil)
        #expect(options.settings.metricsAddress?.description == "127.0.0.9:9000")
        #expect(
            options.notices == [
                "flag --healthz-port is deprecated: use --healthz-bind-address instead",
                "flag --metrics-port is deprecated: use --metrics-bind-address instead",
            ])
    }

    @Test func flagsWithoutEffectAreNamed() throws {
        let options = try options(
            "--proxy-mode=nftables", "--vmodule=a=1", "--profiling", "--log-text-split-stream",
            "--log-json-info-buffer-size=1Ki")
        #expect(
            options.notices == [
                "flag --vmodule has no effect: there are no levels for single source files; use -v",
                "logging.options.text.splitStream has no effect: all lines go to standard error",
                "logging.options.json.infoBufferSize has no effect: log lines are not held back",
                "enableProfiling has no effect: there are no profiling handlers",
            ])
    }

    /// kube-proxy's loader of v1alpha1 logs what it does not know, and so do files that installers write.
    @Test func aFileIsReadLenientlyUnlessAskedOtherwise() throws {
        let lines = """
            mode: iptables
            udpIdleTimeout: 250ms
            resourceContainer: /kube-proxy
            metadata: {name: x}
            conntrack: {max: 0}
            ipvs: {masqueradeAll: true}
            mode: nftables
            """
        let lenient = try options("--config=config.yaml", file: lines)
        #expect(lenient.settings.mode == .nftables)
        #expect(
            lenient.warnings == [
                "config.yaml: line 3: mode: the key appears twice; the last one counts; keep one of them",
                "config.yaml: line 4: udpIdleTimeout: unknown field \"udpIdleTimeout\"; it is ignored; remove it",
                "config.yaml: line 5: resourceContainer: unknown field \"resourceContainer\"; it is ignored; remove it",
                "config.yaml: line 6: metadata: unknown field \"metadata\"; it is ignored; remove it",
                "config.yaml: line 7: conntrack.max: unknown field \"max\"; it is ignored; remove it",
                "config.yaml: line 8: ipvs.masqueradeAll: unknown field \"masqueradeAll\"; it is ignored; remove it",
                "--strict-config refuses such a file",
            ])
        let error = #expect(throws: ConfigurationError.self) {
            try options("--config=config.yaml", "--strict-config", file: lines)
        }
        #expect(error?.problems.count == 6)
        // What is of the wrong type is refused in any case, as upstream does.
        #expect(throws: ConfigurationError.self) { try options("--config=config.yaml", file: "mode: 1") }
        let clean = try options("--config=config.yaml", "--strict-config", file: "mode: nftables")
        #expect(clean.warnings.isEmpty)
    }

    @Test func everyFlagHasAValueToShow() throws {
        let flags = try options("--proxy-mode=ipvs", "-v=3").flags
        #expect(flags["proxy-mode"] == "ipvs" && flags["v"] == "3" && flags["bind-address"] == "0.0.0.0")
        #expect(flags["cleanup"] == "false" && flags["kubeconfig"] == "")
        #expect(flags.count == ProxyFlag.all.count)
    }

    @Test func actions() throws {
        #expect(try options("--cleanup").action == .cleanup)
        #expect(try options("--cleanup=0").action == .run)
        #expect(try options("--init-only").action == .initialize)
        #expect(try options("--write-config-to=/x").action == .writeConfiguration(path: "/x"))
    }

    @Test func problemsNameTheFlag() {
        #expect(
            problems("--conntrack-min=many")
                == "command line: --conntrack-min: must be an integer of 32 bits, not \"many\"")
        #expect(
            problems("--masquerade-all=maybe") == "command line: --masquerade-all: must be true or false, not \"maybe\""
        )
        #expect(problems("--cleanup=maybe") == "command line: --cleanup: must be true or false, not \"maybe\"")
        #expect(
            problems("--healthz-port=x") == "command line: --healthz-port: must be a port from 0 to 65535, not \"x\"")
        #expect(problems("--config=gone.yaml") == "gone.yaml: cannot be read: no such file")
        #expect(problems("--feature-gates=AllAlpha").contains("--feature-gates: must be an object of names"))
    }

    @Test func anyArgumentsAreParsedOrRefused() {
        var random = SeededGenerator(seed: 3)
        let names = ProxyFlag.all.map(\.name)
        let pieces = [
            "-", "--", "=", ",", "true", "1", "-1", "5s", "é", " ", "10.0.0.0/8", "A=true", "\n", ":", "[", "v",
        ]
        for _ in 0..<1_000 {
            let arguments = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                var text =
                    Bool.random(using: &random) ? "--\(names[Int.random(in: 0..<names.count, using: &random)])" : ""
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
                }
                return text
            }
            if let flags = try? ProxyFlags(arguments: arguments) {
                _ = try? ProxyOptions(flags: flags) { _ in throw SomeError() }
            }
        }
    }

    @Test func helpNamesEveryFlagThatIsNotDeprecated() {
        for flag in ProxyFlag.all {
            #expect(ProxyHelp.text.contains("--\(flag.name)=") == (flag.deprecation == nil), "\(flag.name)")
        }
        #expect(ProxyHelp.text.contains("\n    --conntrack-min=131072:\n\tTracked connections at least"))
        #expect(ProxyHelp.text.contains("\n-v, --v=0:\n\t"))
    }

    /// The texts in the help are what an empty command line makes.
    @Test func helpShowsTheRealDefaults() {
        let defaults = KubeProxyConfiguration()
        for flag in ProxyFlag.all
        where flag.apply != nil && !["proxy-mode", "detect-local-mode", "nodeport-addresses"].contains(flag.name) {
            var changed = defaults
            var problems = ConfigurationProblems()
            flag.apply?(&changed, flag.node(flag.initial), "", &problems)
            #expect(problems.all.isEmpty, "\(flag.name)")
            #expect(changed == defaults, "\(flag.name)")
        }
    }
}
