internal import CLinux
internal import CNftables
internal import Glibc
package import LinuxSystem
internal import Netlink
internal import Synchronization

/// Reports at once when another program changes our tables, until it is released.
package final class RulesetWatch: Sendable {
    package enum Notice: Hashable, Sendable {
        case commit(ForeignCommit)
        /// Changes may have been missed.
        case unknown
    }

    private final class Reader: Sendable {
        let state: Mutex<CommitReader>

        init(_ reader: CommitReader) { state = Mutex(reader) }
    }

    private static let group = UInt32(NFNLGRP_NFTABLES.rawValue)

    private let subscription: NetlinkSubscription

    /// Starts to listen in the calling thread's network namespace.
    ///
    /// - Parameter body: called on a queue of its own.
    package init(
        tables: Set<RulesetTable>, body: @escaping @Sendable (Notice) -> Void
    ) throws(SystemError) {
        let commits = RulesetCommits.current()
        let reader = Reader(CommitReader(tables: tables))
        subscription = try NetlinkSubscription(
            protocol: NETLINK_NETFILTER, groups: [Self.group], label: "nftables-watch"
        ) { notice in
            switch notice {
            case .lost:
                reader.state.withLock { $0.reset() }
                body(.unknown)
            case .message(let message):
                let commit = reader.state.withLock { $0.read(message) { commits.isOwnSocket($0) } }
                if let commit { body(.commit(commit)) }
            }
        }
        let subscription = Weak(subscription)
        commits.setWatch(
            RulesetCommits.Watch {
                subscription.value?.setMember($0, of: Self.group)
            } missed: {
                body(.unknown)
            })
    }

    private final class Weak: Sendable {
        weak let value: NetlinkSubscription?

        init(_ value: NetlinkSubscription) { self.value = value }
    }
}
