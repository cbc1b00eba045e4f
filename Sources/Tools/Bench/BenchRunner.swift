import FoundationEssentials
import LinuxSystem
import NetworkAddress
import ProxyConfiguration
import ProxyServer

/// Runs the whole comparison. Blocks in system calls, on an executor of its own.
public actor BenchRunner {
    private nonisolated let executor = BlockingExecutor(label: "viaduct.bench")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let options: BenchOptions
    let report: @Sendable (BenchProgress) -> Void
    /// Seconds of each reference's loads so far, to know what to leave out.
    var loads: [Subject: [(services: Int, seconds: Double)]] = [:]
    /// The same of each way into the kernel that is not ours.
    var wayLoads: [KernelWay: [(services: Int, seconds: Double)]] = [:]
    var unavailable: [BenchReport.Unavailable] = []
    private var stepsDone = 0
    /// Node processes may have as many as this one.
    private let files = FileBudget.raised()

    /// - Parameter report: gets the progress.
    public init(_ options: BenchOptions, report: @escaping @Sendable (BenchProgress) -> Void) {
        self.options = options
        self.report = report
    }

    /// Measures everything. If one way of programming fails, the others continue; throws if none can be measured.
    public func run() async throws -> BenchReport {
        let clock = ContinuousClock()
        let start = clock.now
        let started = Date.now.formatted(.iso8601)
        // A node process that has crashed is an error to report, not the end of this one.
        ChildProcess.ignoreBrokenPipes()
        let versions = ToolVersions.read(options)
        let subjects = options.modes.isEmpty ? [] : try await availableSubjects()
        let ways = try await availableWays()
        var counts: [BenchReport.Count] = []
        for services in options.services {
            let workload = Workload(services: services, endpoints: options.endpoints)
            var count =
                subjects.isEmpty
                ? BenchReport.Count(services: services, subjects: []) : try await measure(workload, subjects)
            if !options.ways.isEmpty { count.ways = try await measure(ways, workload) }
            counts.append(count)
        }
        let machine = MachineDescription.read(versions: versions)
        return BenchReport(
            notice: machine.isEmulated
                ? "An emulated processor: only ratios between figures of this report mean something." : nil,
            command: options.command, machine: machine, started: started, seconds: (clock.now - start).seconds,
            endpoints: options.endpoints, rounds: options.rounds, connections: options.connections,
            unavailable: unavailable, counts: counts)
    }

    // MARK: Subjects

    /// What this kernel and host can do; the rest is noted with its reason.
    private func availableSubjects() async throws -> [Subject] {
        let wanted =
            options.modes + options.tools.map(Subject.tool)
            + (options.kubeProxy == nil ? [] : ProxyProgram.allCases).flatMap { program in
                options.modes.compactMap { subject in
                    guard case .mode(let mode) = subject, program.has(mode) else { return nil }
                    return Subject.proxy(program, mode)
                }
            }
        var found: [Subject] = [.noRules]
        let probe = Workload(services: Workload.serviceRange.lowerBound, endpoints: options.endpoints)
        for subject in wanted {
            try Task.checkCancellation()
            note("looking what this host has: \(subject)", total: 0)
            do {
                let station = try await Station.make(subject, probe, options)
                do {
                    _ = try station.driver.program()
                    found.append(subject)
                } catch {
                    note(subject, nil, error)
                }
                await station.close()
            } catch let error as CancellationError {
                throw error
            } catch {
                note(subject, nil, error)
            }
        }
        guard found.contains(where: { options.modes.contains($0) }) else {
            throw NodeFailure(
                reason: "none of the modes works here: "
                    + unavailable.map { "\($0.subject): \($0.reason)" }.joined(separator: "; "))
        }
        return found
    }

    func note(_ subject: Subject, _ services: Int?, _ error: any Error) {
        unavailable.append(.init(subject: subject.description, services: services, reason: "\(error)"))
    }

    // MARK: Progress

    func note(_ text: String, total: Int) { report(BenchProgress(done: stepsDone, total: total, text: text)) }

    // MARK: One number of services

    private func measure(_ workload: Workload, _ subjects: [Subject]) async throws -> BenchReport.Count {
        let taking = subjects.filter { takes($0, part: workload) }
        var records = taking.map { SubjectRecord($0) }
        for round in 0..<options.rounds {
            try await runRound(round, workload, &records)
        }
        return BenchReport.Count(
            services: workload.services, subjects: SubjectRecord.figures(records, workload))
    }

    /// What this process may not have files enough for is left out, and a reference that would take too long.
    private func takes(_ subject: Subject, part workload: Workload) -> Bool {
        if let reason = BenchPlan.shortage(of: files, subject, workload) {
            unavailable.append(
                .init(subject: subject.description, services: workload.services, reason: "left out: \(reason)"))
            return false
        }
        return !subject.isReference || isShort(loads[subject] ?? [], "\(subject)", workload)
    }

    /// Whether one more load stays within the limit, by the growth so far; if not, that is noted.
    func isShort(_ loads: [(services: Int, seconds: Double)], _ name: String, _ workload: Workload) -> Bool {
        guard let seconds = BenchPlan.expectedSeconds(loads, services: workload.services),
            seconds > options.referenceLimit.seconds
        else { return true }
        unavailable.append(
            .init(
                subject: name, services: workload.services,
                reason: "left out: it would take about \(Int(seconds)) s, the limit is "
                    + "\(Int(options.referenceLimit.seconds)) s (--reference-limit)"))
        return false
    }

    private func runRound(_ number: Int, _ workload: Workload, _ records: inout [SubjectRecord]) async throws {
        var round = Round(number: number, workload: workload, options: options)
        do {
            try await program(&round, &records)
            for part in Round.Part.allCases {
                progress(round, part.rawValue)
                for (index, error) in try round.run(part, &records) {
                    try await give(up: index, of: &round, &records, error)
                }
            }
        } catch {
            await round.close()
            throw error
        }
        progress(round, "cleaning up")
        await round.close()
    }

    /// Sets up a station for each subject that takes part, and programs it, one after the other.
    private func program(_ round: inout Round, _ records: inout [SubjectRecord]) async throws {
        for index in BenchPlan.order(records.count, turn: round.number) where records[index].takesPart(in: round) {
            try Task.checkCancellation()
            let subject = records[index].subject
            progress(round, "programming \(subject)")
            do {
                let station = try await Station.make(subject, round.workload, options)
                round.stations[index] = station
                let figures = try station.program(&records[index])
                if subject.isReference, let figures {
                    loads[subject, default: []].append((round.workload.services, figures.seconds))
                }
            } catch {
                try await give(up: index, of: &round, &records, error)
            }
        }
    }

    /// Leaves a subject out of the rest of this number of services.
    private func give(
        up index: Int, of round: inout Round, _ records: inout [SubjectRecord], _ error: any Error
    ) async throws {
        if error is CancellationError { throw error }
        note(records[index].subject, round.workload.services, error)
        records[index].hasFailed = true
        if let station = round.stations.removeValue(forKey: index) { await station.close() }
    }

    private func progress(_ round: Round, _ text: String) {
        let perRound = Round.Part.allCases.count + 2
        let before = options.services.firstIndex(of: round.workload.services) ?? 0
        let total = options.services.count * options.rounds * perRound
        let part = Round.Part.allCases.firstIndex { $0.rawValue == text }.map { $0 + 1 }
        let within = part ?? (text == "cleaning up" ? perRound - 1 : 0)
        stepsDone = (before * options.rounds + round.number) * perRound + within
        let services = TextTable.grouped(round.workload.services)
        note("\(services) services, round \(round.number + 1) of \(options.rounds): \(text)", total: total)
    }
}

/// The progress of a run.
public struct BenchProgress: Sendable {
    public var done: Int
    /// 0 if unknown.
    public var total: Int
    public var text: String
}
