import AsyncHTTPClient
import JSONStream
import KubeAPI
import Logging
import NIOCore

/// One run of a ``Reflector``: does what ``ReflectorState`` decides, and reports the result.
actor ReflectorSession<Object: APIObject> {
    /// The server ends a watch itself; if it has not by this much later, the connection is taken for dead.
    private static var grace: Duration { .seconds(30) }

    private let client: KubeClient
    private let selector: ObjectSelector
    private let limits: ReflectorLimits
    private let clock: RetryClock
    private let logger: Logger
    private let handler: Reflector<Object>.Handler
    private var state: ReflectorState
    private var collector: ChangeCollector<Object>
    /// Bytes of the list so far.
    private var listed = 0
    private var outage = OutageLog()
    /// Of all watches.
    private var watchEvents = 0

    init(
        client: KubeClient, selector: ObjectSelector, pageSize: Int, limits: ReflectorLimits, clock: RetryClock,
        logger: Logger, handler: @escaping Reflector<Object>.Handler
    ) {
        self.client = client
        self.selector = selector
        self.limits = limits
        self.clock = clock
        self.logger = logger
        self.handler = handler
        state = ReflectorState(pageSize: pageSize)
        collector = ChangeCollector(maximumObjects: limits.objects)
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
        if continueToken.isEmpty {
            collector.beginList()
            listed = 0
        }
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
        let progress = BodyProgress()
        do {
            return try await BodyStalled.watching(progress, silence: limits.pageSilence, total: limits.page) {
                try await self.readPage(request, progress)
            }
        } catch let error as JSONError {
            throw APIError(.invalidResponse("\(error)"), request: client.describe(request))
        } catch let error as BodyStalled {
            throw APIError(.transport("\(error)"), request: client.describe(request))
        } catch {
            throw client.apiError(error, client.describe(request))
        }
    }

    private func readPage(_ request: APIRequest, _ progress: BodyProgress) async throws -> ListMetadata {
        let response = try await client.stream(request)
        let start = ContinuousClock.now
        var splitter = JSONListSplitter()
        progress.due(since: start)
        for try await chunk in response.body {
            progress.arrived()
            listed += chunk.readableBytes
            guard listed <= limits.listBytes else {
                throw JSONError.tooLarge("a list", limits.listBytes, offset: listed)
            }
            try chunk.withUnsafeReadableBytes { bytes in
                try splitter.consume(bytes) { try collector.listItem($0) }
            }
            await deliver()
            progress.due(since: start)
        }
        return try ListMetadata(envelope: splitter.finish())
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
            return (end ?? nil) ?? ReflectorState.WatchEnd()
        }
    }

    private func watch(_ request: APIRequest) async -> ReflectorState.WatchEnd {
        let start = clock.now()
        let before = watchEvents
        let progress = BodyProgress()
        var failure: APIError?
        var isSpoiled = true
        do {
            try await BodyStalled.watching(progress, silence: limits.eventSilence, total: limits.event) {
                try await self.readEvents(request, progress)
            }
        } catch let error as APIError {
            isSpoiled = false
            failure = error
        } catch let error as WatchError {
            failure = error.error
        } catch let error as JSONError {
            failure = APIError(.invalidResponse("\(error)"), request: client.describe(request))
        } catch let error as BodyStalled {
            failure = APIError(.invalidResponse("an event: \(error)"), request: client.describe(request))
        } catch {
            logger.debug("the watch of \(selector.name(Object.self)) was dropped", metadata: ["error": "\(error)"])
        }
        // What came before the fault counts.
        await deliver()
        if let failure { noteWatchFailure(failure) }
        return ReflectorState.WatchEnd(
            failure: failure.map { isSpoiled && !$0.isExpired ? .spoiled : ReflectorState.Failure($0) },
            time: clock.now() - start, events: watchEvents - before)
    }

    private func readEvents(_ request: APIRequest, _ progress: BodyProgress) async throws {
        let response = try await client.stream(request)
        noteRecovery()
        // A watch says nothing for minutes: only a look at the server tells whether it is still there.
        try await client.reading { try await self.readEvents(response.body, request, progress) }
    }

    private func readEvents(
        _ body: HTTPClientResponse.Body, _ request: APIRequest, _ progress: BodyProgress
    ) async throws {
        var splitter = JSONDocumentSplitter()
        /// When the event under way began.
        var start: ContinuousClock.Instant?
        for try await chunk in body {
            progress.arrived()
            let before = watchEvents
            try chunk.withUnsafeReadableBytes { bytes in
                try splitter.consume(bytes) { document in
                    if let status = try collector.watchEvent(document) { throw WatchError(status, client, request) }
                    watchEvents += 1
                }
            }
            await deliver()
            if splitter.isBetweenDocuments {
                start = nil
            } else {
                let since = watchEvents > before ? .now : start ?? .now
                start = since
                progress.due(since: since)
            }
        }
    }

    /// An event of type ERROR: the server ends the watch, and says why.
    private struct WatchError: Error {
        let error: APIError

        init(_ status: APIStatus, _ client: KubeClient, _ request: APIRequest) {
            let cause = APIError.Cause.status(code: status.code, reason: status.reason, message: status.message)
            error = APIError(cause, request: client.describe(request))
        }
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
