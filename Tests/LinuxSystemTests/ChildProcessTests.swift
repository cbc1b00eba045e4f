import Foundation
import LinuxSystem
import Netlink
import Testing

@Suite struct ChildProcessTests {
    private static let shell = "/bin/sh"

    private func end(_ script: String) throws -> ChildProcess.End? {
        try ChildProcess(Self.shell, ["-c", script]).wait(within: .seconds(30))
    }

    @Test(
        "The status is the program's, or 128 and the signal's number",
        arguments: [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
    func status(script: String, expected: Int32) throws { #expect(try end(script)?.status == expected) }

    @Test func linesGoInAndOut() throws {
        let process = try ChildProcess("/bin/cat", [], input: .pipe)
        try process.write(Array("one\ntwo\nthree".utf8))
        #expect(try process.readLine(within: .seconds(30)) == Array("one".utf8))
        #expect(try process.readLine(within: .seconds(30)) == Array("two".utf8))
        // A line without its end is none yet.
        #expect(throws: SystemError.self) { try process.readLine(within: .milliseconds(50)) }
        try process.write(Array("!\n".utf8))
        #expect(try process.readLine(within: .seconds(30)) == Array("three!".utf8))
        process.terminate()
        #expect(process.wait(within: .seconds(30))?.status == 143)
        #expect(try process.readLine(within: .seconds(30)) == nil)
    }

    @Test("Input that is there at once may be larger than any pipe, and is read from its beginning")
    func largeInput() throws {
        let process = try ChildProcess(
            Self.shell, ["-c", "wc -c"], input: .bytes([UInt8](repeating: 65, count: 3_000_000)))
        let line = try process.readLine(within: .seconds(30)) ?? []
        #expect(String(decoding: line, as: UTF8.self).filter(\.isNumber) == "3000000")
    }

    @Test func errorsAreKept() throws {
        let process = try ChildProcess(Self.shell, ["-c", "echo first >&2; echo last >&2; exit 3"])
        #expect(process.wait(within: .seconds(30))?.status == 3)
        #expect(process.errorText == "first\nlast\n")
    }

    @Test func environmentAndUsage() throws {
        let process = try ChildProcess(
            Self.shell, ["-c", "echo $WORD$HOME; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"],
            environment: ["WORD=here"])
        #expect(try process.readLine(within: .seconds(30)) == Array("here".utf8))
        let usage = try #require(process.wait(within: .seconds(60))).usage
        #expect(usage.userSeconds > 0)
    }

    @Test func whatCannotBeStartedIsAnError() throws {
        #expect(throws: SystemError.self) { try ChildProcess("/no/such/program", []) }
    }

    @Test("A program that still runs has no end, and goes with its object")
    func killed() throws {
        var identifier: Int32 = 0
        do {
            let process = try ChildProcess("/bin/sleep", ["100"])
            identifier = process.identifier
            #expect(process.wait(within: .milliseconds(20)) == nil)
        }
        #expect(kill(identifier, 0) == -1)
    }

    @Test("Writing to a program that has ended is an error")
    func brokenPipe() throws {
        ChildProcess.ignoreBrokenPipes()
        let process = try ChildProcess("/bin/true", [], input: .pipe)
        _ = process.wait(within: .seconds(30))
        // A program that another test starts at this moment may hold the pipe's other end until it runs.
        #expect(throws: SystemError.self) {
            for _ in 0..<30_000 {
                try process.write([1])
                _ = process.wait(within: .milliseconds(10))
                usleep(10_000)
            }
        }
    }

    @Test(
        "A program runs in the namespace that it is given",
        .enabled(if: canMakeNamespaces, "CAP_SYS_ADMIN"))
    func namespaces() throws {
        let namespace = try NetworkNamespace()
        try namespace.run { () throws(SystemError) in
            var socket = try RouteSocket()
            _ = try socket.addDevice("vt-child", kind: "bridge")
        }
        let process = try ChildProcess("/bin/cat", ["/proc/self/net/dev"], in: namespace)
        var found = false
        while let line = try process.readLine(within: .seconds(30)) {
            found = found || String(decoding: line, as: UTF8.self).contains("vt-child:")
        }
        #expect(found)
    }
}
