import LinuxSystem
import Testing

@testable import Bench

@Suite("Answers of child processes") struct ChildReplyTests {
    private static let name = "the node process"

    /// What is told of a script that is asked for an answer.
    private func reason(_ script: String) throws -> String {
        let process = try ChildProcess("/bin/sh", ["-c", script], input: .pipe)
        do {
            _ = try process.reply(NodeReply.self, Self.name, within: .seconds(30))
            return ""
        } catch let failure as NodeFailure {
            return failure.reason
        }
    }

    @Test(
        "How it ended, and what it said last",
        arguments: [
            ("echo one >&2; echo two >&2; exit 3", "the node process ended with status 3; its last message: two"),
            ("exit 0", "the node process ended with status 0; it wrote no message"),
            ("kill -9 $$", "the node process was ended by signal 9; it wrote no message"),
            (
                "echo Fatal; echo why >&2; exit 134",
                "the node process ended with status 134, after a line that is no answer: Fatal; its last message: why"
            ),
            ("printf '{\"figures\"'; exit 1", "the node process ended with status 1; it wrote no message"),
        ])
    func endings(script: String, expected: String) throws { #expect(try reason(script) == expected) }

    @Test("A line that is no answer is told although the process goes on")
    func noAnswer() throws {
        let told = try reason("echo; sleep 30")
        #expect(told == "the node process did not answer, after a line that is no answer: ; it wrote no message")
        let long = try reason("head -c 5000 /dev/zero | tr '\\0' x; echo; sleep 30")
        #expect(long.count < 500 && long.contains("xxx..."))
    }

    @Test("Asking one that has ended tells how it did")
    func asking() throws {
        ChildProcess.ignoreBrokenPipes()
        let process = try ChildProcess("/bin/sh", ["-c", "exec <&-; echo gone >&2; exit 5"], input: .pipe)
        _ = process.wait(within: .seconds(30))
        do {
            try process.ask([65], Self.name)
            Issue.record("a process that has ended was asked")
        } catch let failure as NodeFailure {
            #expect(failure.reason == "the node process ended with status 5; its last message: gone")
        }
    }

    @Test func answers() throws {
        let process = try ChildProcess("/bin/cat", [], input: .pipe)
        try process.ask(Array(#"{"failure":"x"}"#.utf8), Self.name)
        #expect(try process.reply(NodeReply.self, Self.name, within: .seconds(30)).failure == "x")
    }
}
