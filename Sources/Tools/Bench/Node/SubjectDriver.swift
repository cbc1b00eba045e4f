/// Programs a node in one way. Calls block; nil: there is nothing of this kind to measure.
protocol SubjectDriver: AnyObject, Sendable {
    func program() throws -> ProgrammingFigures?
    func change(turn: Int) throws -> ProgrammingFigures?
    func churn(turn: Int) throws -> ProgrammingFigures?
    func remove() throws -> ProgrammingFigures?
    /// Of the process that holds the state, if there is one.
    var memory: ProcessMemory? { get }
    /// CPU that this process has used.
    var cpuSeconds: Double? { get }
}

extension SubjectDriver {
    func change(turn: Int) throws -> ProgrammingFigures? { nil }
    func churn(turn: Int) throws -> ProgrammingFigures? { nil }
    func remove() throws -> ProgrammingFigures? { nil }
    var memory: ProcessMemory? { nil }
    var cpuSeconds: Double? { nil }
}

/// Does nothing: the path without any rules.
final class NoRules: SubjectDriver {
    func program() throws -> ProgrammingFigures? { nil }
}
