import ContainerRuntime
import FoundationEssentials
import JSONStream
import KubeAPI
import LinuxSystem

/// What the node and its pods use (kubelet's stats/v1alpha1 Summary, and the metrics that a metrics-server reads).
struct StatsSummary: Sendable {
    let context: AgentContext
    let table: PodTable
    let rates: UsageRates

    /// What the host as a whole is called among rates.
    private static let nodeName = ""

    private struct Usage {
        var cpu: UInt64 = 0
        var memory: UInt64 = 0
    }

    func json() async throws -> JSONValue {
        if rates.needsBase(now: Self.moment) {
            _ = try await measure()
            try await Task.sleep(for: UsageRates.shortest)
        }
        let (all, node) = try await measure()
        let now = context.time()
        let byPod = Dictionary(grouping: all) { $0.labels[PodLabels.uid] ?? "" }
        let pods = table.all.compactMap { record -> JSONValue? in
            guard let found = byPod[record.pod.metadata.uid] else { return nil }
            let metadata = record.pod.metadata
            return [
                "podRef": [
                    "name": .string(metadata.name), "namespace": .string(metadata.namespace),
                    "uid": .string(metadata.uid),
                ],
                "startTime": .string(record.memory.startedAt?.text() ?? now.text()),
                "containers": .array(found.map { container($0, now) }),
                "cpu": cpu(sum(found, \.cpu), found.compactMap { rates[$0.container] }.reduce(0, &+), now),
                "memory": [
                    "time": .string(now.text()), "workingSetBytes": number(sum(found, \.workingSet)),
                    "usageBytes": number(sum(found, \.usage)),
                ],
            ]
        }
        return [
            "node": [
                "nodeName": .string(context.configuration.nodeName),
                "cpu": cpu(node.cpu, rates[Self.nodeName], now),
                "memory": ["time": .string(now.text()), "workingSetBytes": number(node.memory)],
            ],
            "pods": .array(pods),
        ]
    }

    private func container(_ one: ContainerStatistics, _ now: Timestamp) -> JSONValue {
        [
            "name": .string(one.name),
            "cpu": cpu(one.cpu ?? 0, rates[one.container], now),
            "memory": [
                "time": .string(now.text()), "workingSetBytes": number(one.workingSet ?? 0),
                "usageBytes": number(one.usage ?? 0),
            ],
            "rootfs": ["time": .string(now.text()), "usedBytes": number(one.writtenBytes ?? 0)],
        ]
    }

    private static let clock = ContinuousClock()
    private static let start = clock.now
    private static var moment: Duration { start.duration(to: clock.now) }

    /// Asks the runtime and the kernel, and notes how much there was.
    private func measure() async throws -> ([ContainerStatistics], Usage) {
        let all = try await context.runtime.statistics()
        let node = Self.node()
        var times = Dictionary(
            all.compactMap { one in one.cpu.map { (one.container, $0) } }, uniquingKeysWith: { first, _ in first })
        times[Self.nodeName] = node.cpu
        rates.take(times, now: Self.moment)
        return (all, node)
    }

    private func cpu(_ total: UInt64, _ rate: UInt64?, _ now: Timestamp) -> JSONValue {
        var json: JSONValue = ["time": .string(now.text()), "usageCoreNanoSeconds": number(total)]
        if let rate { json["usageNanoCores"] = number(rate) }
        return json
    }

    private func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }

    private func sum(_ all: [ContainerStatistics], _ part: (ContainerStatistics) -> UInt64?) -> UInt64 {
        all.reduce(0) { $0 &+ (part($1) ?? 0) }
    }

    /// In the text format of Prometheus.
    func metrics() async throws -> String {
        let all = try await context.runtime.statistics()
        let names = Dictionary(
            table.all.map { ($0.pod.metadata.uid, $0.pod.metadata.key) }, uniquingKeysWith: { first, _ in first })
        var text = ""
        func family(_ name: String, _ kind: String, _ value: (ContainerStatistics) -> String?) {
            text += "# TYPE \(name) \(kind)\n"
            for one in all {
                guard let key = names[one.labels[PodLabels.uid] ?? ""], let value = value(one) else { continue }
                let labels = "container=\"\(one.name)\",namespace=\"\(key.namespace)\",pod=\"\(key.name)\""
                text += "\(name){\(labels)} \(value)\n"
            }
        }
        family("container_cpu_usage_seconds_total", "counter") { $0.cpu.map { Self.seconds($0) } }
        family("container_memory_working_set_bytes", "gauge") { $0.workingSet.map(String.init) }
        let node = Self.node()
        text += "# TYPE node_cpu_usage_seconds_total counter\nnode_cpu_usage_seconds_total \(Self.seconds(node.cpu))\n"
        text += "# TYPE node_memory_working_set_bytes gauge\nnode_memory_working_set_bytes \(node.memory)\n"
        text += "# TYPE resource_scrape_error gauge\nresource_scrape_error 0\n"
        return text
    }

    private static func seconds(_ nanoseconds: UInt64) -> String { "\(Double(nanoseconds) / 1e9)" }

    /// The host as a whole, by proc(5).
    private static func node() -> Usage {
        var usage = Usage()
        let stat = String(decoding: (try? FileTree.read("/proc/stat", limit: 4096)) ?? [], as: UTF8.self)
        if let line = stat.split(separator: "\n").first {
            let ticks = line.split(separator: " ").dropFirst().compactMap { UInt64($0) }
            // user, nice, system, irq, softirq: not idle and not waiting. A tick is 10 ms.
            let busy = ticks.enumerated().filter { ![3, 4].contains($0.offset) && $0.offset < 7 }
            usage.cpu = busy.reduce(0) { $0 &+ $1.element } &* 10_000_000
        }
        let info = String(decoding: (try? FileTree.read("/proc/meminfo", limit: 8192)) ?? [], as: UTF8.self)
        func field(_ name: String) -> UInt64 {
            let line = info.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { UInt64($0) } ?? 0
        }
        let (total, available) = (field("MemTotal"), field("MemAvailable"))
        usage.memory = (total > available ? total - available : 0) &* 1024
        return usage
    }
}
