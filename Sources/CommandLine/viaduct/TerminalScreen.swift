import Foundation

/// Redraws text over the previous text, on a terminal.
struct TerminalScreen {
    private var drawn = 0

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// What fits: lines and columns.
    static var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 1 else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    mutating func draw(_ lines: [String]) {
        let (rows, columns) = Self.size
        let shown = lines.prefix(rows - 1).map { String($0.prefix(max(1, columns))) }
        var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        for line in shown { text += "\u{1B}[2K\(line)\n" }
        // What was longer before.
        text += "\u{1B}[J"
        FileHandle.standardOutput.write(Data(text.utf8))
        drawn = shown.count
    }
}
