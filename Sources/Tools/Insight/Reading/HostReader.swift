import Conntrack
import HostInspection
import LinuxSystem
import NetworkAddress
import Nftables

/// Reads the facts about this host for the doctor. Changes nothing, starts no program and, unless requested, loads no
/// kernel module.
package struct HostReader {
    /// Whether probes may load modules of the kernel.
    let loadsModules: Bool

    package init(loadsModules: Bool) { self.loadsModules = loadsModules }

    /// Works without privileges; facts that it cannot read then say so.
    package func read() -> HostFacts {
        var facts = HostFacts()
        facts.release = line("/proc/sys/kernel/osrelease").value ?? "of an unknown release"
        facts.privileges = Privileges(status: text("/proc/self/status").value ?? "")
        // Only there is this setting.
        facts.isFirstNamespace = KernelFile.exists("/proc/sys/net/core/netdev_max_backlog")
        facts.hasIPv6 = KernelFile.exists("/proc/net/if_inet6")
        facts.processorCount = max(1, KernelTexts.processorCount(text("/sys/devices/system/cpu/online").value ?? ""))
        facts.modules = modules(facts.release)
        facts.devices = Self.observe { () throws(SystemError) in try NetworkDevice.all() }
        facts.defaultRoutes = defaultRoutes(facts)
        readSettings(&facts)
        facts.conntrackStatistics = text("/proc/net/stat/nf_conntrack").map(KernelTexts.conntrackStatistics)
        facts.virtualServers = text("/proc/net/ip_vs", limit: 64 << 20).map(KernelTexts.virtualServers)
        facts.neighbours = text("/proc/net/arp", limit: 16 << 20).map { max(0, $0.split(separator: "\n").count - 1) }
        if let limit = KernelTexts.fileLimit(text("/proc/self/limits").value ?? "") { facts.fileLimit = .seen(limit) }
        facts.clock = Self.observe { () throws(SystemError) in try SystemClock.read() }
        facts.serviceRoutes = Self.observe { () throws(SystemError) in try ServiceRoutes.counts() }
        readRules(&facts)
        let processes = ProcessReader(privileges: facts.privileges)
        facts.programs = processes.programs(ProgramFindings.processes)
        facts.listeners = listeners().map { processes.owners(of: $0) }
        FeatureProber(modules: facts.modules, privileges: facts.privileges, loadsModules: loadsModules).probe(&facts)
        return facts
    }

    // MARK: Files

    private func text(_ path: String, limit: Int = 8 << 20) -> Observation<String> {
        Self.observe { () throws(SystemError) in try KernelFile.read(path, limit: limit) }
    }

    private func line(_ path: String) -> Observation<String> {
        text(path, limit: 4096).map { $0.split(separator: "\n").first.map(String.init) ?? "" }
    }

    static func observe<Value>(_ read: () throws(SystemError) -> Value) -> Observation<Value> {
        do throws(SystemError) {
            return .seen(try read())
        } catch {
            return error.isAbsence ? .absent : .hidden(error.description)
        }
    }

    private func readSettings(_ facts: inout HostFacts) {
        let devices = (facts.devices.value ?? []).prefix(1024).map(\.name) + ["all"]
        var paths = SettingRule.all.map(\.path) + ForwardingFindings.bridgeFilters.map(\.1)
        paths += devices.flatMap { [ForwardingFindings.forwarding($0), ForwardingFindings.reversePath($0)] }
        paths += [
            ForwardingFindings.forwarding6, ConntrackFindings.count, ConntrackFindings.maximum,
            ConntrackFindings.buckets, ConntrackFindings.neighbourLimit, PortFindings.range, PortFindings.reserved,
        ]
        paths += ["conntrack", "expire_nodest_conn", "expire_quiescent_template", "conn_reuse_mode"].map {
            "/proc/sys/net/ipv4/vs/\($0)"
        }
        for path in paths {
            facts.settings[path] = line(path)
            if facts.settings[path]?.value != nil, !KernelFile.isWritable(path) { facts.unwritable.insert(path) }
        }
    }

    private func modules(_ release: String) -> KernelModules {
        let directory = "/lib/modules/\(release)"
        let loaded = text("/proc/modules")
        let installed = text("\(directory)/modules.dep", limit: 32 << 20).value.map(KernelModules.files)
        return KernelModules(
            areSupported: loaded != .absent, loaded: KernelModules.loaded(loaded.value ?? ""),
            builtIn: KernelModules.files(text("\(directory)/modules.builtin").value ?? ""), installed: installed)
    }

    private func defaultRoutes(_ facts: HostFacts) -> Observation<[HostFacts.DefaultRoute]> {
        let first = text("/proc/net/route", limit: 64 << 20).map(KernelTexts.defaultRoutes4)
        guard facts.hasIPv6, let ipv4 = first.value else { return first }
        let ipv6 = text("/proc/net/ipv6_route", limit: 64 << 20).value.map(KernelTexts.defaultRoutes6) ?? []
        return .seen(ipv4 + ipv6)
    }

    private func listeners() -> Observation<[HostFacts.Listener]> {
        var found: [HostFacts.Listener] = []
        for (name, transport) in [("tcp", "TCP"), ("tcp6", "TCP"), ("udp", "UDP"), ("udp6", "UDP")] {
            switch text("/proc/net/\(name)", limit: 64 << 20) {
            case .seen(let table): found += SocketTable.listeners(table, transport: transport)
            case .absent: continue
            case .hidden(let why): return .hidden(why)
            }
        }
        return .seen(found)
    }

    // MARK: Rules

    private func readRules(_ facts: inout HostFacts) {
        for family in facts.families {
            facts.legacyTables[family] = Self.observe { () throws(SystemError) in try LegacyTable.all(family) }
                .orElse(facts.privileges.lacks(.netAdmin, .netRaw))
        }
        // Asking loads nf_tables; without it there is nothing to see.
        let isAsked = loadsModules || facts.modules.state("nf_tables") != .installed
        facts.ruleset =
            isAsked
            ? Self.observe { () throws(SystemError) in try Ruleset.read() }.orElse(facts.privileges.lacks(.netAdmin))
            : .absent
    }
}

extension Observation {
    /// Says rather what is lacking, where it is known.
    func orElse(_ why: String?) -> Observation {
        guard case .hidden = self, let why else { return self }
        return .hidden(why)
    }
}
