/// Decides what a reflector does next. Pure: it gets the result of each step.
struct ReflectorState: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        /// Request a page of the list. An empty token starts a new list; without a limit, it requests the whole list.
        case list(continueToken: String, limit: Int?)
        case watch(resourceVersion: String)
    }

    /// What to do next, after a pause within `delay` if there is one.
    struct Decision: Hashable, Sendable {
        var step: Step
        var delay: ClosedRange<Duration>?

        init(_ step: Step, after delay: ClosedRange<Duration>? = nil) {
            self.step = step
            self.delay = delay
        }
    }

    /// How a request failed, as far as it matters here.
    enum Failure: Hashable, Sendable {
        /// 410: the resource version or the token is too old.
        case expired
        /// The answer cannot be read, or reports an error: the same request would end the same way.
        case spoiled
        /// Another answer of 4xx: repeating the same request alone does not help.
        case refused
        /// The server is overloaded or has a fault of its own: the same request may work later.
        case unavailable(retryAfter: Duration?)
        /// No answer.
        case unreachable

        /// The pause before the next try, which is number `attempt` in a row.
        func pause(_ attempt: Int) -> ClosedRange<Duration> {
            switch self {
            case .refused: Backoff.range(attempt: attempt)
            case .unavailable(let retryAfter): Backoff.range(attempt: attempt, retryAfter: retryAfter)
            case .expired, .spoiled, .unreachable:
                Backoff.range(attempt: attempt, maximum: Backoff.shortMaximum)
            }
        }
    }

    /// How a watch ended: after which time and how many events.
    struct WatchEnd: Hashable, Sendable {
        /// Nil: the stream ended, cleanly or not.
        var failure: Failure?
        var time: Duration = .zero
        var events = 0
    }

    private let pageSize: Int
    private(set) var current: Step
    /// Where the next watch starts.
    private(set) var resourceVersion = ""
    /// Set once a continue token expired: then only a list in one piece is sure to end.
    private var listsWhole = false
    private var listFailures = 0
    /// Watches in a row that brought nothing, and those of them after which a list was begun. A watch that lasts ends both
    /// rows: what was before must not make the next fault, an hour later, a long one.
    private var watchFailures = 0
    private var newLists = 0

    init(pageSize: Int) {
        self.pageSize = pageSize
        current = .list(continueToken: "", limit: pageSize)
    }

    /// An event with this version has been handled.
    mutating func advance(to version: String) {
        if !version.isEmpty { resourceVersion = version }
    }

    mutating func pageListed(continueToken: String, resourceVersion version: String) -> Decision {
        listFailures = 0
        if !continueToken.isEmpty {
            return go(.list(continueToken: continueToken, limit: listsWhole ? nil : pageSize))
        }
        listsWhole = false
        resourceVersion = version
        return go(.watch(resourceVersion: version))
    }

    mutating func listFailed(_ failure: Failure) -> Decision {
        guard case .list(let token, _) = current else { return Decision(current) }
        listFailures += 1
        let pause = failure.pause(listFailures)
        switch failure {
        case .expired:
            // The pages told so far stay told; the new list says what has changed since.
            let isFirst = !token.isEmpty && !listsWhole
            listsWhole = true
            return go(.list(continueToken: "", limit: nil), after: isFirst ? nil : pause)
        case .refused, .spoiled:
            return go(newList, after: pause)
        case .unavailable, .unreachable:
            return go(current, after: pause)
        }
    }

    mutating func watchEnded(_ end: WatchEnd) -> Decision {
        if end.time >= .seconds(1) {
            watchFailures = 0
            newLists = 0
        } else if end.events > 0 {
            watchFailures = 0
            newLists = min(newLists, 1)
        }
        let watch = Step.watch(resourceVersion: resourceVersion)
        switch end.failure {
        case nil where end.events > 0 || end.time >= .seconds(1):
            return go(watch)
        case nil:
            watchFailures += 1
            return go(watch, after: Failure.unreachable.pause(watchFailures))
        case .unavailable?, .unreachable?:
            watchFailures += 1
            return go(watch, after: end.failure?.pause(watchFailures))
        case .expired?, .spoiled?:
            // The first list comes at once, not one after the other.
            newLists += 1
            return go(newList, after: newLists > 1 ? end.failure?.pause(newLists - 1) : nil)
        case .refused?:
            newLists += 1
            return go(newList, after: end.failure?.pause(newLists))
        }
    }

    private var newList: Step { .list(continueToken: "", limit: listsWhole ? nil : pageSize) }

    private mutating func go(_ step: Step, after delay: ClosedRange<Duration>? = nil) -> Decision {
        current = step
        return Decision(step, after: delay)
    }
}

extension ReflectorState.Failure {
    init(_ error: APIError) {
        if error.isExpired {
            self = .expired
        } else if let code = error.statusCode {
            self =
                (400..<500).contains(code) && code != 429 && code != 408
                ? .refused : .unavailable(retryAfter: error.retryAfter)
        } else if case .invalidResponse = error.cause {
            self = .spoiled
        } else {
            self = .unreachable
        }
    }
}
