/// Why a text is not YAML, or not YAML that is read here. Holds nothing of the text but names of anchors and keys.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1; nil if no line is to blame.
    public var line: Int?
    public var problem: String

    public init(_ problem: String, line: Int? = nil) {
        self.problem = problem
        self.line = line
    }

    /// As Go's library puts it: `line 3: mapping values are not allowed in this context`.
    public var description: String { line.map { "line \($0): \(problem)" } ?? problem }
}
