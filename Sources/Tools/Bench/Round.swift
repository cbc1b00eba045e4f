import LinuxSystem

/// One round over all subjects that take part: they stand side by side and are measured in turns.
struct Round {
    /// What follows the programming, in this order.
    enum Part: String, CaseIterable {
        case latency = "new connections"
        case throughput = "kept connections"
        case change = "one endpoint changes"
        case churn = "1 % changes"
        case removal = "removing everything"
    }

    let number: Int
    let workload: Workload
    let options: BenchOptions
    /// By the number of the subject.
    var stations: [Int: Station] = [:]
    private var failures: [Int: any Error] = [:]
    private var usedPorts: [Int: Int] = [:]

    /// Local ports for UDP are below those that the kernel gives out.
    private static let ports = 2000..<32000

    init(number: Int, workload: Workload, options: BenchOptions) {
        self.number = number
        self.workload = workload
        self.options = options
    }

    mutating func close() async {
        for station in stations.values { await station.close() }
        stations = [:]
    }

    /// Does one part for all and returns who failed and why, by number.
    mutating func run(_ part: Part, _ records: inout [SubjectRecord]) throws -> [Int: any Error] {
        failures = [:]
        switch part {
        case .latency: try latency(&records)
        case .throughput: try throughput(&records)
        case .change:
            for turn in 0..<max(2, options.changes) {
                try each(turn: number + turn, &records) { station, record in
                    if let figures = try station.driver.change(turn: turn) { record.change.append(figures) }
                }
            }
        case .churn:
            for turn in 0..<2 {
                try each(turn: number + turn, &records) { station, record in
                    if let figures = try station.driver.churn(turn: turn) { record.churn.append(figures) }
                }
            }
        case .removal:
            try each(turn: number, &records) { station, record in
                if let memory = station.driver.memory { record.processPeak.append(Double(memory.peak)) }
                if let figures = try station.driver.remove() { record.removal.append(figures) }
            }
        }
        return failures
    }

    /// One after the other; who has failed is left out.
    private mutating func each(
        turn: Int, _ records: inout [SubjectRecord], _ body: (Station, inout SubjectRecord) throws -> Void
    ) throws {
        for index in BenchPlan.order(records.count, turn: turn) {
            try attempt(index, &records, body)
        }
    }

    private mutating func attempt(
        _ index: Int, _ records: inout [SubjectRecord], _ body: (Station, inout SubjectRecord) throws -> Void
    ) throws {
        guard let station = stations[index], failures[index] == nil else { return }
        try Task.checkCancellation()
        do {
            try body(station, &records[index])
        } catch let error as CancellationError {
            throw error
        } catch {
            failures[index] = error
        }
    }

    private mutating func latency(_ records: inout [SubjectRecord]) throws {
        let (batches, size) = BenchPlan.batches(for: options.connections)
        for index in records.indices { records[index].beginRound() }
        for step in BenchPlan.latency(subjects: records.count, batches: batches, round: number) {
            let first = port(for: step.subject, count: size + LatencyProbe.warmUp)
            try attempt(step.subject, &records) { station, record in
                let targets = station.targets(step.position)
                let samples = try station.probing { () throws(SystemError) in
                    LatencyProbe.run(targets, count: size, firstPort: first)
                }
                record.add(samples, at: step.position)
                if samples.connect.isEmpty {
                    throw NodeFailure(
                        reason: "the \(step.position.rawValue) service does not answer: "
                            + (samples.failures.keys.sorted().first ?? "no reason known"))
                }
            }
        }
        for index in records.indices { records[index].endRound() }
    }

    /// Ports that this subject has not used in this round, as far as there are enough.
    private mutating func port(for subject: Int, count: Int) -> UInt16 {
        let used = usedPorts[subject, default: 0]
        let start = used + count > Self.ports.count ? 0 : used
        usedPorts[subject] = start + count
        return UInt16(Self.ports.lowerBound + start)
    }

    private mutating func throughput(_ records: inout [SubjectRecord]) throws {
        let duration = options.throughputTime
        try each(turn: number, &records) { station, record in
            guard let target = station.targets(.last).first else { return }
            let driver = station.driver
            record.throughput.append(
                try station.probing { () throws(SystemError) in
                    try ThroughputProbe.run(target, for: duration) { driver.cpuSeconds ?? 0 }
                })
        }
    }
}
