import AsyncHTTPClient
import JSONStream
import KubeAPI
import Logging
import NIOCore

/// One run of a ``Reflector``: does what ``ReflectorState`` decides and reports back how it went.
actor ReflectorSession<Object: APIObject> {
    /// The server ends a watch itself; if it has not by this much later, the connection is taken for dead.
    private static var grace: Duration { .seconds(30) }

    private let client: KubeClient
    private let selector: ObjectSelector
    private let clock: RetryClock
    private let logger: Logger
    private let handler: Reflector<Object>.Handler
    private var state: ReflectorState
    private var collector = ChangeCollector<Object>()
    private var outage = OutageLog()

    init(
        client: KubeClient, selector: ObjectSelector, pageSize: Int, clock: RetryClock, logger: Logger,
        handler: @escaping Reflector<Object>.Handler
    ) {
        self.client = client
        self.selector = selector
        self.clock = clock
        self.logger = logger
        self.handler = handler
        state = ReflectorState(pageSize: pageSize)
    }

    func run() async {
        var decision = ReflectorState.Decision(state.current)
        while !Task.isCancelled {
            if let delay = decision.delay {
                let share = clock.random(0...1)
                let pause = delay.lowerBound + (delay.upperBound - delay.lowerBound) * share
                guard (try? await clock.sleep(pause)) != nil else { return }
            }
            switch decision.step {
            case .list(let token, let limit): decision = await list(continueToken: token, limit: limit)
            case .watch(let version): decision = state.watchEnded(await guardedWatch(from: version))
            }
        }
    }

    private func deliver() async {
        for event in collector.takeEvents() { await handler(event) }
        state.advance(to: collector.resourceVersion)
    }

    // MARK: List

    private func list(continueToken: String, limit: Int?) async -> ReflectorState.Decision {
        if continueToken.isEmpty { collector.beginList() }
        var request = APIRequest(.get, selector.path(Object.self), query: selector.query)
        request.accept = selector.listAccept
        if let limit { request.query.append(.init("limit", String(limit))) }
        if !continueToken.isEmpty { request.query.append(.init("continue", continueToken)) }
        do {
            let page = try await readPage(request)
            if page.continueToken.isEmpty {
                collector.endList()
                await deliver()
            }
            noteRecovery()
            return state.pageListed(continueToken: page.continueToken, resourceVersion: page.resourceVersion)
        } catch {
            await deliver()
            let failure = ReflectorState.Failure(error)
            if failure == .expired {
                logger.debug("the list took too long for its snapshot; listing again", metadata: ["error": "\(error)"])
            } else {
                noteFailure("cannot list \(selector.name(Object.self))", error)
            }
            return state.listFailed(failure)
        }
    }

    private func readPage(_ request: APIRequest) async throws(APIError) -> ListMetadata {
        do {
            let response = try await client.stream(request)
            var splitter = JSONListSplitter()
            for try await chunk in response.body {
                try chunk.withUnsafeReadableBytes { bytes in
                    try splitter.consume(bytes) { collector.listItem($0) }
                }
                await deliver()
            }
            return try ListMetadata(envelope: splitter.finish())
        } catch let error as JSONError {
            throw APIError(.invalidResponse("\(error)"), request: client.describe(request))
        } catch {
            throw client.apiError(error, client.describe(request))
        }
    }

    // MARK: Watch

    /// A watch that cannot outlive its time.
    private func guardedWatch(from version: String) async -> ReflectorState.WatchEnd {
        let seconds = Int(clock.random(300...600))
        var request = APIRequest(.get, selector.path(Object.self), query: selector.query)
        request.accept = selector.watchAccept
        request.query += [
            .init("watch", "true"), .init("allowWatchBookmarks", "true"), .init("resourceVersion", version),
            .init("timeoutSeconds", String(seconds)),
        ]
        return await withTaskGroup(of: ReflectorState.WatchEnd?.self) { group in
            group.addTask { [request] in await self.watch(request) }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds) + Self.grace)
                return nil
            }
            var end = await group.next()
            group.cancelAll()
            while case .some(nil) = end { end = await group.next() }
            return (end ?? nil) ?? .ended(after: .zero, events: 0)
        }
    }

    private func watch(_ request: APIRequest) async -> ReflectorState.WatchEnd {
        let start = clock.now()
        var events = 0
        do {
            let response = try await client.stream(request)
            noteRecovery()
            var splitter = JSONDocumentSplitter()
            for try await chunk in response.body {
                let (count, status) = try take(chunk, &splitter)
                await deliver()
                events += count
                if let status {
                    let cause = APIError.Cause.status(
                        code: status.code, reason: status.reason, message: status.message)
                    return failed(cause, request, events)
                }
            }
        } catch let error as JSONError {
            await deliver()
            return failed(.invalidResponse("\(error)"), request, events)
        } catch let error as APIError {
            return failed(error, events)
        } catch {
            logger.debug("the watch of \(selector.name(Object.self)) was dropped", metadata: ["error": "\(error)"])
        }
        return .ended(after: clock.now() - start, events: events)
    }

    /// Returns how many events came, and what the server said if it ended the watch.
    private func take(_ chunk: ByteBuffer, _ splitter: inout JSONDocumentSplitter) throws -> (Int, APIStatus?) {
        var count = 0
        var ending: APIStatus?
        try chunk.withUnsafeReadableBytes { bytes in
            try splitter.consume(bytes) { document in
                guard ending == nil else { return }
                if case .error(let status) = collector.watchEvent(document) {
                    ending = status
                } else {
                    count += 1
                }
            }
        }
        return (count, ending)
    }

    /// The stream began but told of an error, or cannot be read. The same watch would end the same way, so whatever it
    /// was, a list comes next.
    private func failed(_ cause: APIError.Cause, _ request: APIRequest, _ events: Int) -> ReflectorState.WatchEnd {
        let error = APIError(cause, request: client.describe(request))
        noteWatchFailure(error)
        return .failed(error.isExpired ? .expired : .refused, events: events)
    }

    private func failed(_ error: APIError, _ events: Int) -> ReflectorState.WatchEnd {
        noteWatchFailure(error)
        return .failed(ReflectorState.Failure(error), events: events)
    }

    private func noteWatchFailure(_ error: APIError) {
        if error.isExpired {
            logger.debug(
                "the watch of \(selector.name(Object.self)) is too old; listing again",
                metadata: ["error": "\(error)"])
        } else {
            noteFailure("cannot watch \(selector.name(Object.self))", error)
        }
    }

    // MARK: Log

    private func noteFailure(_ what: String, _ error: any Error) {
        guard !Task.isCancelled else { return }
        if outage.failed(at: clock.now()) {
            logger.warning("\(what); trying again", metadata: ["error": "\(error)"])
        } else {
            logger.debug("\(what); trying again", metadata: ["error": "\(error)"])
        }
    }

    private func noteRecovery() {
        if let time = outage.recovered(at: clock.now()) {
            logger.notice("\(selector.name(Object.self)) can be read again", metadata: ["after": "\(time)"])
        }
    }
}
