/// Why a text is not YAML, or not supported YAML. Of the text, it contains only names of anchors and keys.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1; nil if no line applies.
    public var line: Int?
    public var problem: String

    public init(_ problem: String, line: Int? = nil) {
        self.problem = problem
        self.line = line
    }

    /// As Go's library puts it: `line 3: mapping values are not allowed in this context`.
    public var description: String { line.map { "line \($0): \(problem)" } ?? problem }
}
