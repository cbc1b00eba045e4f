import FoundationEssentials
import Glibc
import LinuxSystem

/// Asking a process that answers each line with a line of JSON.
extension ChildProcess {
    /// Sends a line. If the process has ended, the error says so.
    func ask(_ line: [UInt8], _ name: String) throws {
        do {
            try write(line + [UInt8(ascii: "\n")])
        } catch  where error.code == EPIPE {
            throw ending(name, within: .seconds(5))
        }
    }

    /// The next answer.
    ///
    /// - Parameters:
    ///   - name: of the process, for the user: `the node process`.
    ///   - limit: for the answer.
    /// - Throws: ``NodeFailure`` that says how the process ended, or what it wrote instead of an answer; ETIMEDOUT.
    func reply<Reply: Decodable>(_ type: Reply.Type, _ name: String, within limit: Duration) throws -> Reply {
        let line = try Interruptible.wait(upTo: limit) { (slice) throws(SystemError) in
            try readLine(within: slice)
        }
        guard let line else { throw ending(name, within: .seconds(5)) }
        do {
            return try JSONDecoder().decode(type, from: Data(line))
        } catch {
            throw ending(name, within: .seconds(1), after: line)
        }
    }

    /// - Parameter line: what it wrote last.
    private func ending(_ name: String, within limit: Duration, after line: [UInt8]? = nil) -> NodeFailure {
        let end = wait(within: limit)
        var reason =
            switch (end, end?.signal) {
            case (_, let signal?): "\(name) was ended by signal \(signal)"
            case (let end?, nil): "\(name) ended with status \(end.status)"
            case (nil, _): "\(name) did not answer"
            }
        if let line {
            reason += ", after a line that is no answer: \(Self.shortened(String(decoding: line, as: UTF8.self)))"
        }
        let said = errorText.split(separator: "\n").last.map { "its last message: \(Self.shortened(String($0)))" }
        return NodeFailure(reason: "\(reason); \(said ?? "it wrote no message")")
    }

    private static func shortened(_ text: String) -> String { text.count > 300 ? "\(text.prefix(300))..." : text }
}
