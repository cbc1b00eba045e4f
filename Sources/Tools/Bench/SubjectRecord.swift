import NetworkAddress

/// What was measured of one subject with one number of services, over all rounds.
struct SubjectRecord {
    typealias Position = Workload.Position
    typealias Kind = BenchReport.Latency.Kind

    /// What a service and a kind of connection are measured by.
    struct Key: Hashable {
        var position: Position
        var kind: Kind
    }

    /// Quantiles of one round, in microseconds.
    struct Quantiles {
        var p50: Double
        var p90: Double
        var p99: Double
    }

    let subject: Subject
    var hasFailed = false
    var programming: [ProgrammingFigures] = []
    var change: [ProgrammingFigures] = []
    var churn: [ProgrammingFigures] = []
    var removal: [ProgrammingFigures] = []
    var processBefore: [Double] = []
    var processPeak: [Double] = []
    /// Of the rounds in which it could be told.
    var kernelMemory: [Double] = []
    var throughput: [ThroughputProbe.Result] = []

    /// Of the round that is under way.
    private var samples: [Position: LatencyProbe.Samples] = [:]
    /// One a round; nil where the subject took no part.
    private(set) var quantiles: [Key: [Quantiles?]] = [:]
    private var slowest: [Key: Double] = [:]
    private var counts: [Key: Int] = [:]
    private var answeredBy: [Position: [UInt32: Int]] = [:]
    private var failures: [String: Int] = [:]

    init(_ subject: Subject) {
        self.subject = subject
    }

    /// References that take long load their rules in the first round only.
    func takesPart(in round: Round) -> Bool {
        guard !hasFailed else { return false }
        guard subject.isReference, round.number > 0, let first = programming.first else { return true }
        return first.seconds < Self.longLoad
    }

    /// Seconds.
    static let longLoad = 3.0

    // MARK: Latency

    mutating func beginRound() { samples = [:] }

    mutating func add(_ new: LatencyProbe.Samples, at position: Position) {
        samples[position, default: .init()].add(new)
    }

    mutating func endRound() {
        for position in Position.allCases {
            let found = samples[position] ?? .init()
            for (kind, times) in [(Kind.connect, found.connect), (.answer, found.answer), (.datagram, found.datagram)] {
                let key = Key(position: position, kind: kind)
                let sorted = times.map { $0 / 1000 }.sorted()
                guard let last = sorted.last else {
                    quantiles[key, default: []].append(nil)
                    continue
                }
                quantiles[key, default: []].append(
                    Quantiles(
                        p50: Quantile.of(sorted, 0.5), p90: Quantile.of(sorted, 0.9), p99: Quantile.of(sorted, 0.99)))
                slowest[key] = max(slowest[key] ?? 0, last)
                counts[key, default: 0] += sorted.count
            }
            answeredBy[position, default: [:]].merge(found.answeredBy, uniquingKeysWith: +)
            failures.merge(found.failures, uniquingKeysWith: +)
        }
        samples = [:]
    }

    // MARK: Report

    static func figures(_ records: [SubjectRecord], _ workload: Workload) -> [BenchReport.SubjectFigures] {
        let base = records.first { $0.subject == .noRules }
        return records.map { $0.figures(base: base, workload) }
    }

    private func figures(base: SubjectRecord?, _ workload: Workload) -> BenchReport.SubjectFigures {
        BenchReport.SubjectFigures(
            subject: subject.description, programming: Self.summary(programming), change: Self.summary(change),
            churn: Self.summary(churn), removal: Self.summary(removal), memory: memory,
            latency: Position.allCases.flatMap { position in
                Kind.allCases.compactMap { latency(Key(position: position, kind: $0), base: base) }
            },
            bytesPerSecond: Spread(throughput.map(\.bytesPerSecond)),
            requestsPerSecond: Spread(throughput.map(\.requestsPerSecond)),
            cpuSecondsPerGigabit: Spread(throughput.map(\.cpuSecondsPerGigabit)), fairness: fairness(workload),
            failures: failures)
    }

    static func summary(_ runs: [ProgrammingFigures]) -> BenchReport.Programming? {
        guard let seconds = Spread(runs.map(\.seconds)), let last = runs.last else { return nil }
        let cpu = runs.compactMap { run in run.userSeconds.flatMap { user in run.systemSeconds.map { user + $0 } } }
        return BenchReport.Programming(
            seconds: seconds, modelSeconds: Spread(runs.compactMap(\.modelSeconds)), cpuSeconds: Spread(cpu),
            messages: last.messages, bytes: last.bytes, added: last.added, removed: last.removed)
    }

    private var memory: BenchReport.Memory? {
        let memory = BenchReport.Memory(
            processBefore: Spread(processBefore), processPeak: Spread(processPeak),
            kernel: kernelMemory.count * 2 > programming.count ? Spread(kernelMemory) : nil)
        return memory.processPeak == nil && memory.kernel == nil ? nil : memory
    }

    private func latency(_ key: Key, base: SubjectRecord?) -> BenchReport.Latency? {
        let rounds = quantiles[key] ?? []
        let present = rounds.compactMap { $0 }
        guard let p50 = Spread(present.map(\.p50)), let p90 = Spread(present.map(\.p90)),
            let p99 = Spread(present.map(\.p99))
        else { return nil }
        let added = zip(rounds, base?.quantiles[key] ?? []).compactMap { mine, other in
            mine.flatMap { mine in other.map { mine.p50 - $0.p50 } }
        }
        return BenchReport.Latency(
            position: key.position, kind: key.kind, p50: p50, p90: p90, p99: p99, slowest: slowest[key] ?? 0,
            added: subject == .noRules ? nil : Spread(added), samples: counts[key] ?? 0)
    }

    private func fairness(_ workload: Workload) -> Fairness? {
        guard subject != .noRules else { return nil }
        return Fairness(
            services: Position.allCases.map { position in
                workload.allEndpoints(workload.index(position)).map { address in
                    answeredBy[position]?[UInt32(truncatingIfNeeded: address.value)] ?? 0
                }
            })
    }
}
