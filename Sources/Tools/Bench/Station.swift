import LinuxSystem

/// One subject in its world.
struct Station: Sendable {
    let subject: Subject
    let workload: Workload
    let world: BenchWorld
    let driver: any SubjectDriver

    static func make(_ subject: Subject, _ workload: Workload, _ options: BenchOptions) async throws -> Station {
        let world = try await BenchWorld.make(for: workload)
        do {
            let driver = try driver(subject, workload, world, options)
            return Station(subject: subject, workload: workload, world: world, driver: driver)
        } catch {
            await world.close()
            throw error
        }
    }

    /// For one answer of a node process: large tables on slow machines take their time.
    private static let limit = Duration.seconds(600)

    private static func driver(
        _ subject: Subject, _ workload: Workload, _ world: BenchWorld, _ options: BenchOptions
    ) throws -> any SubjectDriver {
        switch subject {
        case .noRules: NoRules()
        case .mode(let mode): try NodeProcess(options.agent(mode, workload), in: world.node, limit: limit)
        case .proxy(let program, let mode): try ProxyDriver(program, mode, workload, in: world, options)
        case .tool(let tool): try ToolDriver(tool, workload, in: world, limit: options.referenceLimit)
        }
    }

    func close() async { await world.close() }

    /// What clients connect to: the service, or without rules its endpoints in turn.
    func targets(_ position: Workload.Position) -> [ProbeTarget] {
        let service = workload.index(position)
        guard subject == .noRules else {
            return [ProbeTarget(address: workload.clusterIP(service), port: Workload.servicePort)]
        }
        return workload.allEndpoints(service).map { ProbeTarget(address: $0, port: Workload.endpointPort) }
    }

    /// Programs everything, with the memory that it takes.
    func program(_ record: inout SubjectRecord) throws -> ProgrammingFigures? {
        if let memory = driver.memory { record.processBefore.append(Double(memory.resident)) }
        let before = KernelMemory.settled()
        guard let figures = try driver.program() else { return nil }
        if let growth = KernelMemory.growth(from: before, to: KernelMemory.settled()) {
            record.kernelMemory.append(Double(growth))
        }
        record.programming.append(figures)
        return figures
    }
}
