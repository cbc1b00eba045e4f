import Dataplane
import LinuxSystem
import SocketBalancing

/// One subject in its world.
struct Station: Sendable {
    let subject: Subject
    let workload: Workload
    let world: BenchWorld
    let driver: any SubjectDriver
    /// Whose sockets are balanced; nil: they are not.
    let group: TemporaryControlGroup?

    static func make(_ subject: Subject, _ workload: Workload, _ options: BenchOptions) async throws -> Station {
        let world = try await BenchWorld.make(for: workload)
        do {
            var group: TemporaryControlGroup?
            if case .sockets(let mode) = subject { group = try TemporaryControlGroup("bench-\(mode.name)") }
            let driver = try driver(subject, workload, world, group, options)
            return Station(subject: subject, workload: workload, world: world, driver: driver, group: group)
        } catch {
            await world.close()
            throw error
        }
    }

    /// For one answer of a node process: large tables on slow machines take their time.
    private static let limit = Duration.seconds(600)

    private static func driver(
        _ subject: Subject, _ workload: Workload, _ world: BenchWorld, _ group: TemporaryControlGroup?,
        _ options: BenchOptions
    ) throws -> any SubjectDriver {
        switch subject {
        case .noRules: NoRules()
        case .mode(let mode), .sockets(let mode):
            try NodeProcess(
                options.agent(mode, workload, group?.path), in: world.node, limit: limit, hasOwnPins: group != nil)
        case .proxy(let program, let mode): try ProxyDriver(program, mode, workload, in: world, options)
        case .tool(let tool): try ToolDriver(tool, workload, in: world, limit: options.referenceLimit)
        }
    }

    func close() async { await world.close() }

    /// Runs a measurement in the client's namespace, as a process whose sockets the subject serves.
    func probing<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        try group?.enter()
        defer { try? group?.leave() }
        return try world.client.run(body)
    }

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
