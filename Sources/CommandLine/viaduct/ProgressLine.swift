import Bench
import Foundation
import Synchronization

/// The progress of a run, on standard error: a bar that is redrawn on a terminal, otherwise one line at the beginning.
final class ProgressLine: Sendable {
    private let isTerminal: Bool
    private let last = Mutex("")

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    func show(_ progress: BenchProgress) {
        let text = Self.text(progress, isTerminal: isTerminal)
        let isNew = last.withLock { last in
            defer { last = text }
            return last != text && (isTerminal || last.isEmpty)
        }
        guard isNew else { return }
        Self.write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }

    func clear() {
        if isTerminal { Self.write("\r\u{1B}[K") }
    }

    private static let width = 24

    static func text(_ progress: BenchProgress, isTerminal: Bool) -> String {
        guard progress.total > 0 else { return progress.text }
        let share = min(1, Double(progress.done) / Double(progress.total))
        let percent = "\(Int(share * 100)) %"
        guard isTerminal else { return "\(percent) \(progress.text)" }
        let full = Int(share * Double(width))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        return "\(bar) \(percent) \(progress.text)"
    }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
