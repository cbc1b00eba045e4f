import Foundation
import Synchronization

/// One process at a time.
final class ProcessBox: Sendable {
    private let running = Mutex<Int32?>(nil)

    func start(_ path: String, _ arguments: [String], log: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        running.withLock { $0 = process.processIdentifier }
    }

    /// Kills the process and waits until it is gone.
    func kill() {
        guard
            let pid = running.withLock({ pid in
                defer { pid = nil }
                return pid
            })
        else { return }
        signal(pid, SIGKILL)
    }

    private func signal(_ pid: Int32, _ number: Int32) {
        _ = Foundation.kill(pid, number)
        // Foundation reaps it.
        for _ in 0..<300_000 where Foundation.kill(pid, 0) == 0 { usleep(1000) }
    }
}
