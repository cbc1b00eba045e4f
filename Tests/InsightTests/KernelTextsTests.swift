import NetworkAddress
import TestSupport
import Testing

@testable import Insight

@Suite struct KernelTextsTests {
    @Test("Listening sockets are read from the kernel's tables, others are not")
    func sockets() throws {
        let tcp = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:7580 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
               1: 0200A8C0:1F90 0100A8C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
               2: nonsense
            """
        let found = SocketTable.listeners(tcp, transport: "TCP")
        #expect(found == [HostFacts.Listener("TCP", try #require(IPAddress("127.0.0.1")), 30080, inode: 4711)])
        let udp6 = """
              sl  local_address                         remote_address                        st ...
              9: B80D0120000000000000000001000000:7530 00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 99 2 0
              9: B80D0120000000000000000001000000:0000 00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 99 2 0
            """
        let six = SocketTable.listeners(udp6, transport: "UDP")
        #expect(six == [HostFacts.Listener("UDP", try #require(IPAddress("2001:db8::1")), 30000, inode: 99)])
    }

    @Test("Default routes name the way out; those that refuse are none")
    func routes() {
        let ipv4 = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
            eth1\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            *\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0
            """
        #expect(KernelTexts.defaultRoutes4(ipv4) == [HostFacts.DefaultRoute(.ipv4, "eth0")])
        let zero = String(repeating: "0", count: 32)
        let ipv6 = """
            \(zero) 00 \(zero) 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
            \(zero) 00 \(zero) 00 \(zero) ffffffff 00000001 00000000 00200200       lo
            """
        #expect(KernelTexts.defaultRoutes6(ipv6) == [HostFacts.DefaultRoute(.ipv6, "eth0")])
    }

    @Test("Virtual servers are counted by kind, ours by their mark")
    func virtualServers() {
        let text = """
            IP Virtual Server version 1.2.1 (size=4096)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port Forward Weight ActiveConn InActConn
            TCP  0A600001:0050 rr
              -> 0AF40107:0050      Masq    1      0          0
            UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 rr persistent 10800
            FWM  56000001 rr
            FWM  00000007 wlc
            """
        #expect(
            KernelTexts.virtualServers(text)
                == HostFacts.VirtualServers(byAddress: 2, byOurMark: 1, byOtherMark: 1))
    }

    @Test("Sums, limits and numbers of processors")
    func numbers() {
        let statistics = KernelTexts.conntrackStatistics("entries drop early_drop\n00000010 0000000a 0\n10 6 1\n")
        #expect(statistics == ["entries": 32, "drop": 16, "early_drop": 1])
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 20000 files\n"
        #expect(KernelTexts.fileLimit(limits) == 20000)
        #expect(KernelTexts.fileLimit("Max open files 1024 unlimited files") == nil)
        #expect(KernelTexts.processorCount("0-3,8\n") == 5)
    }

    @Test("Modules are known by the names of their files, whatever packs them")
    func modules() {
        let modules = KernelModules(
            loaded: KernelModules.loaded("nf_tables 327680 3 nft_ct, Live 0x0\n"),
            builtIn: KernelModules.files("kernel/net/ipv4/netfilter/ip-tables.ko\n"),
            installed: KernelModules.files("kernel/net/x/xt_nat.ko.xz: kernel/net/nf_nat.ko.xz\nnonsense\n"))
        #expect(modules.state("nf_tables") == .loaded)
        #expect(modules.state("ip_tables") == .builtIn)
        #expect(modules.state("xt_nat") == .installed)
        #expect(modules.state("xt_recent") == .absent)
        #expect(KernelModules(installed: nil).state("xt_nat") == .unknown)
        #expect(KernelModules(areSupported: false, installed: nil).state("xt_nat") == .builtIn)
    }

    @Test("Capabilities are read from the process's own status")
    func privileges() {
        let some = Privileges(status: "Name:\tx\nCapEff:\t0000000000003000\nCapBnd:\t0\n")
        #expect(some.has(.netAdmin) && some.has(.netRaw) && !some.has(.sysAdmin))
        #expect(Privileges(status: "").lacks(.netAdmin) == "needs CAP_NET_ADMIN: run it as root")
    }

    @Test("Broken texts end without a crash")
    func fuzz() {
        var random = SeededGenerator(seed: 15)
        let words = [
            "\n", " ", "\t", ":", "-", ",", "0", "FFFFFFFF", "0A", "07", "00000000", "TCP", "FWM", "56000001", "lo",
            ".ko", "[", "]", "Max open files", "CapEff:", "99999999999999999999", "\u{FFFD}",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<60, using: &random))
                .map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined()
            _ = SocketTable.listeners(text, transport: "TCP")
            _ = KernelTexts.defaultRoutes4(text) + KernelTexts.defaultRoutes6(text)
            _ = KernelTexts.virtualServers(text)
            _ = KernelTexts.conntrackStatistics(text)
            _ = KernelTexts.fileLimit(text)
            _ = KernelTexts.processorCount(text)
            _ = KernelModules.files(text).union(KernelModules.loaded(text))
            _ = Privileges(status: text)
        }
    }
}
