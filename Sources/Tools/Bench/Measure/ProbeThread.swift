import LinuxSystem

/// The thread that measures.
enum ProbeThread {
    /// Where clients and backends run, both on one processor.
    static let processor = ThreadPlacement.lastProcessor

    /// Puts the calling thread there.
    static func bind() {
        if let processor { ThreadPlacement.bind(to: processor) }
    }
}
