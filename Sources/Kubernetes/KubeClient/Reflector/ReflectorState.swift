/// Decides what a reflector does next. Pure: it is told how each step ended.
struct ReflectorState: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        /// Ask for a page of the list. An empty token starts a new list; no limit asks for all at once.
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
        /// Another answer of 4xx: repeating the same request is no use by itself.
        case refused
        /// Down, overloaded, unreachable or talking nonsense: the same again may work.
        case unavailable(retryAfter: Duration?)
    }

    enum WatchEnd: Hashable, Sendable {
        /// The stream ended, cleanly or not, after this time and this many events.
        case ended(after: Duration, events: Int)
        /// No stream came about, or the server sent an event of type ERROR.
        case failed(Failure, events: Int)
    }

    private let pageSize: Int
    private(set) var current: Step
    /// Where the next watch starts.
    private(set) var resourceVersion = ""
    /// Set once a continue token expired: then only a list in one piece is sure to end.
    private var listsWhole = false
    private var listFailures = 0
    private var watchFailures = 0

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
        let pause = Backoff.range(attempt: listFailures)
        switch failure {
        case .expired:
            // The pages told so far stay told; the new list says what has changed since.
            let isFirst = !token.isEmpty && !listsWhole
            listsWhole = true
            return go(.list(continueToken: "", limit: nil), after: isFirst ? nil : pause)
        case .refused:
            return go(newList, after: pause)
        case .unavailable(let retryAfter):
            return go(current, after: Backoff.range(attempt: listFailures, retryAfter: retryAfter))
        }
    }

    mutating func watchEnded(_ end: WatchEnd) -> Decision {
        switch end {
        case .ended(let time, let events):
            if events > 0 || time >= .seconds(1) {
                watchFailures = 0
                return go(.watch(resourceVersion: resourceVersion))
            }
            watchFailures += 1
            return go(.watch(resourceVersion: resourceVersion), after: Backoff.range(attempt: watchFailures))
        case .failed(let failure, let events):
            watchFailures = events > 0 ? 1 : watchFailures + 1
            switch failure {
            case .expired:
                return go(newList, after: watchFailures > 1 ? Backoff.range(attempt: watchFailures - 1) : nil)
            case .refused:
                return go(newList, after: Backoff.range(attempt: watchFailures))
            case .unavailable(let retryAfter):
                return go(
                    .watch(resourceVersion: resourceVersion),
                    after: Backoff.range(attempt: watchFailures, retryAfter: retryAfter))
            }
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
        } else if let code = error.statusCode, (400..<500).contains(code), code != 429, code != 408 {
            self = .refused
        } else {
            self = .unavailable(retryAfter: error.retryAfter)
        }
    }
}
