import Synchronization

/// One request while it is answered: how long it may work, whether anybody still waits for it, and what it holds.
///
/// Work that holds a thread for long looks at it with ``check()``: a task is cancelled by another one, which may have no
/// thread to run on just then.
package final class RequestWork: Sendable {
    /// That of the request being answered.
    @TaskLocal package static var current: RequestWork?

    /// Nil: as long as it likes.
    package let deadline: ContinuousClock.Instant?
    private let unread: UnreadAnswers?
    private let isAbandoned = Atomic(false)
    private let held = Atomic(0)

    package init(deadline: ContinuousClock.Instant? = nil, unread: UnreadAnswers? = nil) {
        self.deadline = deadline
        self.unread = unread
    }

    deinit { unread?.giveBack(held.load(ordering: .relaxed)) }

    /// The client is gone.
    package func abandon() { isAbandoned.store(true, ordering: .relaxed) }

    /// - Throws: ``StatusError`` if the request that this task answers is late, or its client gone.
    package static func check() throws(StatusError) { try current?.check() }

    func check() throws(StatusError) {
        if isAbandoned.load(ordering: .relaxed) { throw .clientGone }
        if let deadline, ContinuousClock.now > deadline { throw .timeout }
    }

    /// Counts bytes of an answer that is of this request alone, until it is sent.
    package func hold(_ bytes: Int) {
        held.add(bytes, ordering: .relaxed)
        unread?.take(bytes)
    }

    /// - Throws: 429 if all requests together hold too much, this one a part of it.
    package func checkHeld() throws(StatusError) {
        if held.load(ordering: .relaxed) > 0, unread?.isOverfull == true { throw .tooManyRequests }
    }
}

extension StatusError {
    /// Nobody reads it; the code is that of other servers' logs.
    static let clientGone = StatusError(code: 499, reason: "", message: "the client is gone")
}
