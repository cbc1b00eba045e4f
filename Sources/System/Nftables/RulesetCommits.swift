internal import Glibc
internal import LinuxSystem
internal import NetworkAddress
internal import Synchronization

/// Counts the commits of this process to the ruleset of one network namespace.
///
/// The ruleset's generation is the namespace's, not a table's: without this, a commit to one table of ours would look to
/// the owner of another one as if somebody else had written, and each would read its table after each commit of the other.
final class RulesetCommits: Sendable {
    /// A table; several owners of the same one are as strange to each other as other programs are.
    struct Table: Hashable, Sendable {
        var family: IPFamily
        var name: String
    }

    struct Counts: Sendable {
        private var all: UInt32 = 0
        private var byTable: [Table: UInt32] = [:]

        mutating func committed(to table: Table) {
            all &+= 1
            byTable[table, default: 0] &+= 1
        }

        func commits(besides table: Table) -> UInt32 { all &- byTable[table, default: 0] }
    }

    private static let namespaces = Mutex<[UInt: RulesetCommits]>([:])

    private let counts = Mutex(Counts())

    /// Those of the calling thread's network namespace.
    static func current() -> RulesetCommits {
        var facts = stat()
        let found = SystemCall.result { unsafe stat("/proc/thread-self/ns/net", &facts) }
        let identity = found == nil ? 0 : UInt(facts.st_ino)
        return namespaces.withLock { namespaces in
            if let known = namespaces[identity] { return known }
            let new = RulesetCommits()
            namespaces[identity] = new
            return new
        }
    }

    /// Runs what commits, or asks for the generation: nobody's commit of this process comes between it and the count.
    ///
    /// - Parameter body: gets the commits so far, to which it adds its own.
    func withCounts<Value: Sendable, Failure: Error>(
        _ body: (inout Counts) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try counts.withLock { (counts) throws(Failure) -> Value in try body(&counts) }
    }
}
