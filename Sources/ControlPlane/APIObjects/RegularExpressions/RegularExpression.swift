/// A regular expression as Go's regexp takes it (RE2), which asks of a text only whether it is found in it.
///
/// There is no going back: all ways through the expression are followed at once, so that a text takes a time that grows
/// with its length and the size of the expression alone. Foundation's engine tries one way after the other, and takes
/// for ever where there are many (`(a+)+$`).
package struct RegularExpression: Sendable {
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    enum Assertion: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

        func holds(_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
            switch self {
            case .textStart: before == nil
            case .textEnd: after == nil
            case .lineStart: before == nil || before == "\n"
            case .lineEnd: after == nil || after == "\n"
            case .wordBoundary: Self.isWord(before) != Self.isWord(after)
            case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
            }
        }

        private static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(ScalarSet.word.contains) ?? false }
    }

    enum Instruction: Sendable {
        /// Takes one scalar.
        case take(ScalarSet)
        case check(Assertion)
        case split(Int, Int)
        case jump(Int)
        case found
    }

    /// Instructions of an expression.
    private static let longestProgram = 10_000
    /// Places of the program that are looked at, over all of a text: about a second.
    package static let mostSteps = 20_000_000

    private var program: [Instruction] = []

    package init(_ pattern: String) throws(Problem) {
        var parser = RegularExpressionParser(pattern)
        try compile(try parser.parse())
        program.append(.found)
    }

    // MARK: Compiling

    private mutating func compile(_ node: RegularExpressionParser.Node) throws(Problem) {
        guard program.count < Self.longestProgram else { throw Problem(description: "the expression is too large") }
        switch node {
        case .nothing: break
        case .set(let set): program.append(.take(set))
        case .assertion(let assertion): program.append(.check(assertion))
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .choice(let nodes):
            var jumps: [Int] = []
            for (index, node) in nodes.enumerated() {
                guard index < nodes.count - 1 else {
                    try compile(node)
                    break
                }
                let split = reserve()
                try compile(node)
                jumps.append(reserve())
                program[split] = .split(split + 1, program.count)
            }
            for jump in jumps { program[jump] = .jump(program.count) }
        case .repeated(let inner, let least, let most):
            for _ in 0..<least {
                let size = program.count
                try compile(inner)
                // Repeated emptiness is none; nested, it would take for ever to write nothing.
                if program.count == size { break }
            }
            guard let most else {
                let split = reserve()
                try compile(inner)
                program.append(.jump(split))
                program[split] = .split(split + 1, program.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(reserve())
                try compile(inner)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }

    private mutating func reserve() -> Int {
        program.append(.found)
        return program.count - 1
    }

    // MARK: Finding

    /// The places in the program that are reached after a scalar, each once.
    private struct Threads {
        var takers: [Int] = []
        /// How many places were looked at since ``clear()``.
        private(set) var count = 0
        private var seen: [Int]
        private var generation = 1

        init(_ count: Int) { seen = Array(repeating: 0, count: count) }

        mutating func insert(_ place: Int) -> Bool {
            guard seen[place] != generation else { return false }
            seen[place] = generation
            count += 1
            return true
        }

        mutating func clear() {
            takers.removeAll(keepingCapacity: true)
            generation += 1
            count = 0
        }
    }

    /// Nil if that would take more steps.
    package func isFound(in text: String, steps limit: Int = mostSteps) -> Bool? {
        var steps = 0
        var (current, next) = (Threads(program.count), Threads(program.count))
        var open: [Int] = []
        var before: Unicode.Scalar?
        var rest = text.unicodeScalars.makeIterator()
        var after = rest.next()
        while true {
            // It may begin anywhere.
            if follow(0, &current, &open, before, after) { return true }
            guard let scalar = after else { return false }
            after = rest.next()
            for place in current.takers {
                guard case .take(let set) = program[place], set.contains(scalar) else { continue }
                if follow(place + 1, &next, &open, scalar, after) { return true }
            }
            steps += current.count + 1
            guard steps < limit else { return nil }
            swap(&current, &next)
            next.clear()
            before = scalar
        }
    }

    /// Goes on to where a scalar is taken.
    /// - Returns: whether the end of the expression is reached.
    private func follow(
        _ start: Int, _ threads: inout Threads, _ open: inout [Int], _ before: Unicode.Scalar?,
        _ after: Unicode.Scalar?
    ) -> Bool {
        open.append(start)
        while let place = open.popLast() {
            guard threads.insert(place) else { continue }
            switch program[place] {
            case .take: threads.takers.append(place)
            case .check(let assertion): if assertion.holds(before, after) { open.append(place + 1) }
            case .split(let one, let other): open += [other, one]
            case .jump(let target): open.append(target)
            case .found:
                open.removeAll()
                return true
            }
        }
        return false
    }
}
