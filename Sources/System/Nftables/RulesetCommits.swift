internal import Glibc
internal import LinuxSystem
internal import NetworkAddress
internal import Synchronization

/// Counts the commits of this process to the ruleset of one network namespace.
///
/// The ruleset's generation belongs to the namespace, not to a table. Without this count, the owner of one of our
/// tables would take a commit to another for a foreign one, and would read its table after each of them.
final class RulesetCommits: Sendable {
    /// A table; several owners of the same one are as strange to each other as other programs are.
    typealias Table = RulesetTable

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
    /// Sockets of this process that commit.
    private let sockets = Mutex<Set<UInt32>>([])
    private let watch = Mutex<Watch?>(nil)

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

    // MARK: Who commits

    func opened(socket: UInt32) { sockets.withLock { _ = $0.insert(socket) } }
    func closed(socket: UInt32) { sockets.withLock { _ = $0.remove(socket) } }
    func isOwnSocket(_ socket: UInt32) -> Bool { sockets.withLock { $0.contains(socket) } }

    /// Somebody who listens to what is committed. The kernel makes a message for every element of a commit as long as
    /// anybody does, which a large commit of ours is not to pay for.
    struct Watch: Sendable {
        var setListening: @Sendable (Bool) -> Void
        /// Another program committed while the watch did not listen.
        var missed: @Sendable () -> Void
    }

    func setWatch(_ watch: Watch) { self.watch.withLock { $0 = watch } }

    /// Commits that are smaller may as well be told of.
    private static let watchedBytes = 64 * 1024

    /// The watch that must leave the group for a commit of this size; nil if there is none, or the commit is small.
    func watch(for bytes: Int) -> Watch? { bytes < Self.watchedBytes ? nil : watch.withLock { $0 } }

    /// Runs a commit or reads the generation, so that no other commit of this process comes between it and the count.
    ///
    /// - Parameter body: gets the commits so far, to which it adds its own.
    func withCounts<Value: Sendable, Failure: Error>(
        _ body: (inout Counts) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try counts.withLock { (counts) throws(Failure) -> Value in try body(&counts) }
    }
}
