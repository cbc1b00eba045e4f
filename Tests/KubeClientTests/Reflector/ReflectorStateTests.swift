import Testing

@testable import KubeClient

struct ReflectorStateTests {
    private typealias Decision = ReflectorState.Decision

    private static let first = Backoff.range(attempt: 1)
    private static let second = Backoff.range(attempt: 2)

    /// A state that has listed everything at version 10 and watches.
    private static func watching() -> ReflectorState {
        var state = ReflectorState(pageSize: 5)
        _ = state.pageListed(continueToken: "", resourceVersion: "10")
        return state
    }

    @Test func pagesAreFollowedToTheEnd() {
        var state = ReflectorState(pageSize: 5)
        #expect(state.current == .list(continueToken: "", limit: 5))
        #expect(
            state.pageListed(continueToken: "t", resourceVersion: "9")
                == Decision(.list(continueToken: "t", limit: 5)))
        #expect(
            state.pageListed(continueToken: "", resourceVersion: "9") == Decision(.watch(resourceVersion: "9")))
        #expect(state.resourceVersion == "9")
    }

    @Test func aFailedPageIsAskedForAgainEverMoreSlowly() {
        var state = ReflectorState(pageSize: 5)
        _ = state.pageListed(continueToken: "t", resourceVersion: "9")
        let page = ReflectorState.Step.list(continueToken: "t", limit: 5)
        #expect(state.listFailed(.unavailable(retryAfter: nil)) == Decision(page, after: Self.first))
        #expect(state.listFailed(.unavailable(retryAfter: nil)) == Decision(page, after: Self.second))
        #expect(
            state.listFailed(.unavailable(retryAfter: .seconds(9)))
                == Decision(page, after: .seconds(9)...(.seconds(9))))
        _ = state.pageListed(continueToken: "u", resourceVersion: "9")
        let next = ReflectorState.Step.list(continueToken: "u", limit: 5)
        #expect(state.listFailed(.unavailable(retryAfter: nil)) == Decision(next, after: Self.first))
    }

    @Test func aRefusedPageStartsANewList() {
        var state = ReflectorState(pageSize: 5)
        _ = state.pageListed(continueToken: "t", resourceVersion: "9")
        #expect(state.listFailed(.refused) == Decision(.list(continueToken: "", limit: 5), after: Self.first))
    }

    @Test func anExpiredTokenStartsAListInOnePiece() {
        var state = ReflectorState(pageSize: 5)
        _ = state.pageListed(continueToken: "t", resourceVersion: "9")
        let whole = ReflectorState.Step.list(continueToken: "", limit: nil)
        #expect(state.listFailed(.expired) == Decision(whole))
        // A server that says so of a list without a token must not be asked in a hot loop.
        #expect(state.listFailed(.expired) == Decision(whole, after: Self.second))
        _ = state.pageListed(continueToken: "", resourceVersion: "12")
        #expect(
            state.watchEnded(.init(failure: .expired)) == Decision(.list(continueToken: "", limit: 5)))
    }

    @Test func aWatchThatEndedGoesOnWhereItWas() {
        var state = Self.watching()
        state.advance(to: "11")
        state.advance(to: "")
        #expect(
            state.watchEnded(.init(time: .zero, events: 1)) == Decision(.watch(resourceVersion: "11")))
        #expect(
            state.watchEnded(.init(time: .seconds(300))) == Decision(.watch(resourceVersion: "11")))
    }

    @Test func aWatchThatEndsAtOnceIsNotRepeatedAtOnce() {
        var state = Self.watching()
        let watch = ReflectorState.Step.watch(resourceVersion: "10")
        let early = ReflectorState.WatchEnd(time: .milliseconds(999))
        #expect(state.watchEnded(early) == Decision(watch, after: Self.first))
        #expect(state.watchEnded(early) == Decision(watch, after: Self.second))
        _ = state.watchEnded(.init(time: .seconds(1)))
        #expect(state.watchEnded(early) == Decision(watch, after: Self.first))
    }

    @Test(arguments: [ReflectorState.Failure.expired, .spoiled])
    func aWatchThatOnlyAListMendsListsAtOnceButNotInALoop(_ failure: ReflectorState.Failure) {
        var state = Self.watching()
        let list = ReflectorState.Step.list(continueToken: "", limit: 5)
        #expect(state.watchEnded(.init(failure: failure)) == Decision(list))
        _ = state.pageListed(continueToken: "", resourceVersion: "12")
        #expect(state.watchEnded(.init(failure: failure)) == Decision(list, after: Self.first))
        _ = state.pageListed(continueToken: "", resourceVersion: "13")
        // One event a watch is no reason to list in a loop.
        #expect(state.watchEnded(.init(failure: failure, events: 3)) == Decision(list, after: Self.first))
        _ = state.pageListed(continueToken: "", resourceVersion: "14")
        #expect(state.watchEnded(.init(failure: failure, time: .seconds(1))) == Decision(list))
    }

    @Test func aRunOfFaultsIsForgottenWhenAWatchLasts() {
        let list = ReflectorState.Step.list(continueToken: "", limit: 5)
        for failure in [nil, .expired, .spoiled, .unreachable, .unavailable(retryAfter: nil)]
            as [ReflectorState.Failure?]
        {
            var state = Self.watching()
            for _ in 0..<12 {
                let pause = state.watchEnded(.init(failure: failure)).delay
                if failure != .unavailable(retryAfter: nil) {
                    #expect(pause?.upperBound ?? .zero <= Backoff.shortMaximum)
                }
                if case .list = state.current { _ = state.pageListed(continueToken: "", resourceVersion: "12") }
            }
            // Cut connections, and then a version that is too old meanwhile: no second long pause behind the first.
            if failure != .expired, failure != .spoiled {
                #expect(state.watchEnded(.init(failure: .expired)) == Decision(list))
                _ = state.pageListed(continueToken: "", resourceVersion: "13")
            }
            _ = state.watchEnded(.init(failure: .expired, time: .seconds(600)))
            _ = state.pageListed(continueToken: "", resourceVersion: "14")
            #expect(state.watchEnded(.init()).delay == Self.first)
        }
    }

    @Test func aWatchThatCannotBeMadeIsTriedAgainOrListed() {
        var state = Self.watching()
        let watch = ReflectorState.Step.watch(resourceVersion: "10")
        #expect(
            state.watchEnded(.init(failure: .unavailable(retryAfter: nil))) == Decision(watch, after: Self.first))
        #expect(state.watchEnded(.init(failure: .unreachable)) == Decision(watch, after: Self.second))
        #expect(
            state.watchEnded(.init(failure: .refused))
                == Decision(.list(continueToken: "", limit: 5), after: Self.first))
    }

    @Test func anAnswerThatIsNoListStartsANewOne() {
        var state = ReflectorState(pageSize: 5)
        _ = state.pageListed(continueToken: "t", resourceVersion: "9")
        #expect(state.listFailed(.spoiled) == Decision(.list(continueToken: "", limit: 5), after: Self.first))
    }

    @Test(
        arguments: [
            (410, "", .expired), (500, "Expired", .expired), (400, "", .refused), (404, "NotFound", .refused),
            (403, "Forbidden", .refused), (429, "", .unavailable(retryAfter: .seconds(3))),
            (408, "", .unavailable(retryAfter: .seconds(3))), (503, "", .unavailable(retryAfter: .seconds(3))),
            (307, "", .unavailable(retryAfter: .seconds(3))),
        ] as [(Int, String, ReflectorState.Failure)])
    func statusesAreSorted(_ code: Int, _ reason: String, _ expected: ReflectorState.Failure) {
        let error = APIError(
            .status(code: code, reason: reason, message: ""), request: "GET", retryAfter: .seconds(3))
        #expect(ReflectorState.Failure(error) == expected)
    }

    @Test func otherErrorsMeanThatNobodyAnswered() {
        for cause in [APIError.Cause.transport(""), .timeout(.zero), .cancelled] {
            #expect(ReflectorState.Failure(APIError(cause, request: "")) == .unreachable)
        }
        #expect(ReflectorState.Failure(APIError(.invalidResponse(""), request: "")) == .spoiled)
    }
}
