/// Aligns a chain's rules with the desired ones: finds their longest common subsequence.
public enum RuleAlignment {
    public enum Step: Hashable, Sendable {
        /// The positions of a found rule and of the equal desired rule.
        case kept(Int, Int)
        /// The position of a rule that should not exist.
        case extra(Int)
        /// The position of a desired rule that is missing.
        case missing(Int)
    }

    /// More rules are compared place by place.
    private static let limit = 2000

    public static func steps<Rule: Hashable>(from found: [Rule], to wanted: [Rule]) -> [Step] {
        let head = zip(found, wanted).prefix { $0 == $1 }.count
        let rest = min(found.count, wanted.count) - head
        let tail = zip(found.reversed(), wanted.reversed()).prefix(rest).prefix { $0 == $1 }.count
        var steps = (0..<head).map { Step.kept($0, $0) }
        let left = found[head..<found.count - tail]
        let right = wanted[head..<wanted.count - tail]
        steps += middle(left, right)
        return steps + (0..<tail).map { .kept(found.count - tail + $0, wanted.count - tail + $0) }
    }

    private static func middle<Rule: Hashable>(_ found: ArraySlice<Rule>, _ wanted: ArraySlice<Rule>) -> [Step] {
        guard found.count <= limit, wanted.count <= limit, !found.isEmpty, !wanted.isEmpty else {
            return found.indices.map { .extra($0) } + wanted.indices.map { .missing($0) }
        }
        let (left, right) = (Array(found), Array(wanted))
        // lengths[i][j]: of the longest common run of what is left from i and j on.
        var lengths = [[Int32]](repeating: [Int32](repeating: 0, count: right.count + 1), count: left.count + 1)
        for i in left.indices.reversed() {
            for j in right.indices.reversed() {
                lengths[i][j] =
                    left[i] == right[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var steps: [Step] = []
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            if i < left.count, j < right.count, left[i] == right[j] {
                steps.append(.kept(found.startIndex + i, wanted.startIndex + j))
                (i, j) = (i + 1, j + 1)
            } else if j == right.count || i < left.count && lengths[i + 1][j] >= lengths[i][j + 1] {
                steps.append(.extra(found.startIndex + i))
                i += 1
            } else {
                steps.append(.missing(wanted.startIndex + j))
                j += 1
            }
        }
        return steps
    }
}
