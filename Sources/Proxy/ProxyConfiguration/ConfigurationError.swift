/// One fault of the configuration.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    /// The field, such as `nftables.masqueradeBit`, or the flag, such as `--proxy-mode`; empty for the whole file.
    public var path: String
    /// What is wrong and how to fix it.
    public var message: String
    /// The line in the YAML file, from 1.
    public var line: Int?

    public init(path: String, message: String, line: Int? = nil) {
        self.path = path
        self.message = message
        self.line = line
    }

    public var description: String {
        (line.map { "line \($0): " } ?? "") + (path.isEmpty ? "" : "\(path): ") + message
    }
}

/// Why a configuration was refused: all faults, not only the first.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The source: a file's path, or `flags`.
    public var source: String
    /// Never empty.
    public var problems: [ConfigurationProblem]

    public init(source: String, problems: [ConfigurationProblem]) {
        self.source = source
        self.problems = problems
    }

    public init(source: String, path: String = "", message: String) {
        self.init(source: source, problems: [ConfigurationProblem(path: path, message: message)])
    }

    /// One line for one problem; for several a heading and a line for each.
    public var description: String {
        if problems.count == 1, let problem = problems.first { return "\(source): \(problem)" }
        return (["\(source): \(problems.count) errors"] + problems.map { "  \($0)" }).joined(separator: "\n")
    }
}
