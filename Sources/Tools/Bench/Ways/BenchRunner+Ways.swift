/// The table "ways into the kernel".
extension BenchRunner {
    /// The ways that this kernel and host have; the rest is noted with its reason.
    func availableWays() async throws -> [KernelWay] {
        let probe = Workload(services: Workload.serviceRange.lowerBound, endpoints: options.endpoints)
        return try options.ways.filter { way in
            try Task.checkCancellation()
            note("looking what this host has: \(way)", total: 0)
            return try attempt(way, nil) { _ = try WayRun(way, probe, options).program() }
        }
    }

    /// Whether the work was done; if not, the reason is noted.
    private func attempt(_ way: KernelWay, _ services: Int?, _ work: () throws -> Void) throws -> Bool {
        do {
            try work()
            return true
        } catch let error as CancellationError {
            throw error
        } catch {
            unavailable.append(.init(subject: way.description, services: services, reason: "\(error)"))
            return false
        }
    }

    /// Measures all ways of one interface side by side, then those of the next.
    func measure(_ ways: [KernelWay], _ workload: Workload) async throws -> [BenchReport.WayFigures] {
        var figures: [BenchReport.WayFigures] = []
        for interface in KernelInterface.allCases {
            var records = interface.ways.filter { way in
                ways.contains(way) && (way.isOurs || isShort(wayLoads[way] ?? [], way.description, workload))
            }.map { WayRecord($0) }
            for round in 0..<options.rounds { try runWays(round, workload, &records) }
            figures += WayRecord.figures(records)
        }
        return figures
    }

    private func runWays(_ round: Int, _ workload: Workload, _ records: inout [WayRecord]) throws {
        var runs: [Int: WayRun] = [:]
        for index in BenchPlan.order(records.count, turn: round) where records[index].takesPart(in: round) {
            progress(workload, round, "programming, \(records[index].way)")
            try step(index, workload, &records) { record in
                let run = try WayRun(record.way, workload, options)
                let figures = try run.program()
                record.programming.append(figures)
                if !record.way.isOurs {
                    wayLoads[record.way, default: []].append((workload.services, figures.seconds))
                }
                if round == 0 { record.contents.append(try run.content()) }
                runs[index] = run
            }
        }
        if let way = records.first?.way { progress(workload, round, "one endpoint changes, \(way.interface.rawValue)") }
        for turn in 0..<max(2, options.changes) {
            for index in BenchPlan.order(records.count, turn: round + turn) {
                guard let run = runs[index] else { continue }
                try step(index, workload, &records) { record in
                    record.change.append(try run.change(turn: turn))
                    if round == 0, turn == 0 { record.contents.append(try run.content()) }
                }
            }
        }
        if round == 0 { try compare(workload, &records) }
    }

    private func progress(_ workload: Workload, _ round: Int, _ what: String) {
        note(
            "\(TextTable.grouped(workload.services)) services, round \(round + 1) of \(options.rounds): \(what)",
            total: 0)
    }

    /// Who fails takes no further part.
    private func step(
        _ index: Int, _ workload: Workload, _ records: inout [WayRecord], _ work: (inout WayRecord) throws -> Void
    ) throws {
        try Task.checkCancellation()
        guard !records[index].hasFailed else { return }
        let way = records[index].way
        if try !attempt(way, workload.services, { try work(&records[index]) }) { records[index].hasFailed = true }
    }

    /// Who has not brought there what the first of them has is no measure of anything.
    private func compare(_ workload: Workload, _ records: inout [WayRecord]) throws {
        guard let first = records.first(where: { !$0.hasFailed }) else { return }
        for index in records.indices where !records[index].hasFailed {
            let record = records[index]
            for (mine, other) in zip(record.contents, first.contents) {
                guard let difference = mine.difference(from: other, of: record.way) else { continue }
                records[index].hasFailed = true
                unavailable.append(
                    .init(
                        subject: record.way.description, services: workload.services,
                        reason: "the kernel holds something else than by \(first.way): \(difference)"))
                break
            }
        }
    }
}
