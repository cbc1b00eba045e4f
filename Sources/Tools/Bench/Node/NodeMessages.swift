/// A request to a node process: one JSON object per line on its standard input.
struct NodeRequest: Codable, Sendable {
    enum Operation: String, Codable, Sendable {
        /// Opens the backend; reports whether this kernel supports it.
        case open
        /// Programs all services.
        case program
        /// Removes one endpoint, or adds it again.
        case change
        /// Gives 1 % of the Services another endpoint.
        case churn
        /// Removes everything.
        case remove
        /// Reports the kernel's content. For a ``WayAgent`` only.
        case content
    }

    var operation: Operation
    /// Even and odd turns undo each other.
    var turn = 0
}

/// Its answer, one JSON object a line on its standard output.
struct NodeReply: Codable, Sendable {
    /// Why it failed, as a message for the user.
    var failure: String?
    var figures: ProgrammingFigures?
    var memory: ProcessMemory?
    var content: WayContent?
}

/// One run of programming.
struct ProgrammingFigures: Codable, Hashable, Sendable {
    /// From the objects to the kernel's agreement.
    var seconds = 0.0
    /// What of it went into making the objects and the service model; nil where another program does it.
    var modelSeconds: Double?
    /// CPU of the process, the kernel's work on its behalf included.
    var userSeconds: Double?
    var systemSeconds: Double?
    /// Netlink messages or table exchanges.
    var messages: Int?
    var bytes: Int?
    /// Objects (chains, rules, elements, virtual servers...) created and deleted.
    var added: Int?
    var removed: Int?
}

/// Memory of a process in bytes.
struct ProcessMemory: Codable, Hashable, Sendable {
    /// Resident now.
    var resident: Int
    /// The most that was ever resident.
    var peak: Int

    /// From the text of /proc/PID/status.
    init?(status: String) {
        func value(_ key: String) -> Int? {
            for line in status.split(separator: "\n") where line.hasPrefix(key) {
                return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map {
                    $0 * 1024
                }
            }
            return nil
        }
        guard let resident = value("VmRSS:"), let peak = value("VmHWM:") else { return nil }
        self.resident = resident
        self.peak = peak
    }
}
