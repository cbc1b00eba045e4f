import Dataplane
import Logging
import ProxyConfiguration
import ServiceModel
import Synchronization
import Testing
import UserspaceDataplane

@testable import ProxyServer

@Suite struct SystemTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Settings that leave everything to the kernel.
    private func untouched() -> ConntrackSettings {
        var settings = ConntrackSettings()
        settings.maxPerCore = 0
        settings.tcpEstablishedTimeout = .zero
        settings.tcpCloseWaitTimeout = .zero
        return settings
    }

    @Test(
        arguments: [
            (0, 131_072, 8, nil), (32_768, 131_072, 2, 131_072), (32_768, 131_072, 8, 262_144),
            (32_768, 0, 1, 32_768), (32_768, 131_072, 256, 1_048_576), (32_768, 2_000_000, 256, 2_000_000),
        ] as [(Int, Int, Int, Int?)])
    func conntrackMaximum(perCore: Int, min: Int, cores: Int, expected: Int?) {
        var settings = ConntrackSettings()
        settings.maxPerCore = perCore
        settings.min = min
        #expect(ConntrackSysctls.maximum(settings, cores: cores) == expected)
    }

    @Test func nothingToChange() {
        #expect(ConntrackSysctls.changes(untouched(), cores: 4) { _ in 1 }.isEmpty)
        let current = [
            "nf_conntrack_max": 500_000, "nf_conntrack_tcp_timeout_established": 86_400,
            "nf_conntrack_tcp_timeout_close_wait": 3_600,
        ]
        let changes = ConntrackSysctls.changes(ConntrackSettings(), cores: 4) { path in
            path == ConntrackSysctls.hashSizePath
                ? 65_536 : path.split(separator: "/").last.flatMap { current[String($0)] }
        }
        #expect(changes.isEmpty)
    }

    @Test func everythingDiffers() {
        var settings = ConntrackSettings()
        settings.tcpBeLiberal = true
        settings.udpTimeout = .milliseconds(30_900)
        settings.udpStreamTimeout = .seconds(180)
        let changes = ConntrackSysctls.changes(settings, cores: 8) { _ in 2 }
        let directory = "/proc/sys/net/netfilter/nf_conntrack_"
        #expect(
            changes == [
                HostSetting(directory + "max", 262_144),
                HostSetting("/sys/module/nf_conntrack/parameters/hashsize", 65_536),
                HostSetting(directory + "tcp_timeout_established", 86_400),
                HostSetting(directory + "tcp_timeout_close_wait", 3_600),
                HostSetting(directory + "tcp_be_liberal", 1),
                HostSetting(directory + "udp_timeout", 30),
                HostSetting(directory + "udp_timeout_stream", 180),
            ])
    }

    @Test func unreadableFilesAreWritten() {
        var settings = untouched()
        settings.maxPerCore = 1_000
        settings.min = 0
        let changes = ConntrackSysctls.changes(settings, cores: 2) { _ in nil }
        #expect(changes == [HostSetting("/proc/sys/net/netfilter/nf_conntrack_max", 2_000)])
    }

    /// Files in memory; those in `readOnly` refuse.
    private final class Memory: Sendable {
        let contents: Mutex<[String: String]>
        let readOnly: Set<String>

        init(_ contents: [String: String], readOnly: Set<String> = []) {
            self.contents = Mutex(contents)
            self.readOnly = readOnly
        }

        var files: SystemFiles {
            SystemFiles { [self] path in
                contents.withLock { $0[path] }
            } write: { [self] (path, text) throws(SystemFiles.WriteFailure) in
                if readOnly.contains(path) { throw .init(isReadOnly: true, description: "not writable") }
                contents.withLock { $0[path] = text }
            }
        }
    }

    @Test func hostIsPrepared() {
        let maximum = "/proc/sys/net/netfilter/nf_conntrack_max"
        let established = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established"
        let memory = Memory(
            [
                "/sys/devices/system/cpu/online": "0-15\n", maximum: "1000\n", established: "432000\n",
                "/proc/self/oom_score_adj": "0\n",
                "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait": "3600\n",
            ], readOnly: [established])
        let failed = HostPreparation(files: memory.files, logger: logger).apply(ProxySettings())
        #expect(failed == [established])
        #expect(memory.files.integer(maximum) == 524_288)
        #expect(memory.files.integer(established) == 432_000)
        #expect(memory.files.integer("/proc/self/oom_score_adj") == -999)
        #expect(memory.files.read(ConntrackSysctls.hashSizePath) == nil)
    }

    @Test("Userspace mode needs nothing of the kernel's packet filters") func userspaceIsPrepared() {
        var settings = ProxySettings()
        settings.mode = .userspace
        settings.nodePortAddresses = .all
        #expect(settings.servesNodePortsOnLoopback)
        let memory = Memory(["/proc/self/oom_score_adj": "0\n"])
        #expect(HostPreparation(files: memory.files, logger: logger).apply(settings).isEmpty)
        #expect(memory.contents.withLock { $0 } == ["/proc/self/oom_score_adj": "-999"])
    }

    @Test func realFilesAreWritten() throws {
        let path = "/proc/self/oom_score_adj"
        let old = try #require(SystemFiles.host.integer(path))
        try SystemFiles.host.write(path, "\(min(1000, old + 1))")
        #expect(SystemFiles.host.integer(path) == min(1000, old + 1))
        #expect(throws: SystemFiles.WriteFailure.self) { try SystemFiles.host.write("/proc/version", "1") }
        #expect(SystemFiles.host.read("/proc/no-such-file") == nil)
    }

    @Test(
        arguments: [
            ("0\n", 1), ("0-3\n", 4), ("0-3,8-11\n", 8), ("0,2,4", 3), ("", nil), ("3-1", nil), ("a", nil),
            ("0-1-2", nil),
            ("-", nil), ("0-65535", 65_536), ("99999999", nil),
        ] as [(String, Int?)])
    func processors(list: String, expected: Int?) {
        #expect(ProcessorCount.parse(list) == expected)
    }

    @Test func processorFallback() {
        #expect(ProcessorCount.read(Memory([:]).files, fallback: 3) == 3)
        #expect(ProcessorCount.read(Memory([:]).files, fallback: 0) == 1)
    }

    @Test func capabilities() {
        func missing(_ status: String?) -> String? {
            Capabilities.missing(Memory(status.map { ["/proc/self/status": $0] } ?? [:]).files)
        }
        #expect(missing("Name:\tx\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n") == nil)
        #expect(missing("CapEff:\t0000000000001000\n") == nil)
        #expect(missing("CapEff:\t00000000a80425fb\n")?.hasPrefix("the capability CAP_NET_ADMIN is missing") == true)
        #expect(missing("CapEff:\t0000000000000000\n")?.contains("\n") == false)
        #expect(missing(nil) == nil)
        #expect(missing("CapEff:\tzz\n") == nil)
    }

    @Test func nodeNames() throws {
        #expect(try NodeName.make(override: nil, hostname: "Node-1.Example\n") == "node-1.example")
        #expect(try NodeName.make(override: " Other ", hostname: "x") == "other")
        for name in ["", "  \n", "a_b", "a b", "ä", String(repeating: "a", count: 254)] {
            #expect(throws: NodeName.Invalid.self) { try NodeName.make(override: nil, hostname: name) }
        }
        let memory = Memory(["/proc/sys/kernel/hostname": "HostA\n"])
        let preparation = HostPreparation(files: memory.files, logger: logger)
        #expect(try preparation.nodeName(ProxySettings()) == "hosta")
        var settings = ProxySettings()
        settings.nodeName = "n"
        #expect(try preparation.nodeName(settings) == "n")
    }
}
