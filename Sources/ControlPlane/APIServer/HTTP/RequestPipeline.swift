import APIObjects
import APISecurity
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PrometheusMetrics

/// What every request goes through before it is answered: who asks, on whose behalf, is there room, is it allowed.
struct RequestPipeline: Sendable {
    let handler: APIHandler
    let limiter: InFlightLimiter
    let audit: AuditLog?
    let deadlines: RequestDeadlines
    let unread: UnreadAnswers

    /// What a request keeps until its answer is written: its place among those in flight, and its mark on the connection.
    private final class Hold: Sendable {
        private let slot: InFlightLimiter.Slot?
        private let active: ConnectionActivity.Request?
        /// What it holds is given back with it.
        let work: RequestWork

        init(_ slot: InFlightLimiter.Slot?, _ active: ConnectionActivity.Request?, _ work: RequestWork) {
            self.slot = slot
            self.active = active
            self.work = work
        }

        deinit { slot?.leave() }
    }

    func respond(to http: Request, on channel: any Channel) async -> Response {
        var exchange = Exchange(http)
        let active = exchange.connection?.activity.begin()
        do {
            let (response, hold) = try await answer(&exchange, http, channel, active)
            return finish(exchange, response, hold, channel)
        } catch {
            let failure = handler.failure(error, path: exchange.request.rawPath)
            complete(exchange, failure.code, failure)
            return APIHandler.status(failure, accept: exchange.request.accept)
        }
    }

    private func answer(
        _ exchange: inout Exchange, _ http: Request, _ channel: any Channel, _ active: ConnectionActivity.Request?
    ) async throws -> (Response, Hold) {
        let attributes = exchange.attributes
        let user = try await authenticate(&exchange)
        let acting = try impersonate(&exchange, user)
        let slot = try limiter.enter(attributes, acting)
        let hold = Hold(slot, active, attributes.isLongRunning ? RequestWork(unread: unread) : deadlines.work(unread))
        let decision = handler.authorizer.authorize(attributes, acting)
        exchange.decided(decision)
        guard decision.isAllowed else {
            throw StatusError.forbidden(attributes, acting, reason: decision.reason)
        }
        let request = exchange.request
        guard !attributes.isLongRunning else {
            return (try await handler.answer(request, http, acting, channel), hold)
        }
        let connection = exchange.connection
        let response = try await deadlines.run(
            hold.work,
            endedBy: { end in
                guard let connection else { return {} }
                let number = connection.whenGone(channel, end)
                return { connection.forget(number) }
            }
        ) {
            try await handler.answer(request, http, acting, channel)
        }
        try hold.work.checkHeld()
        return (response, hold)
    }

    private func authenticate(_ exchange: inout Exchange) async throws(StatusError) -> UserInfo {
        do throws(AuthenticationFailure) {
            let user = try await handler.security.authenticator.user(
                exchange.request.authorization, host: exchange.request.host, path: exchange.request.path,
                exchange.connection)
            exchange.authenticated(as: user, audit)
            return user
        } catch {
            handler.logger.debug(
                "not authenticated", metadata: ["path": "\(exchange.request.rawPath)", "reason": "\(error)"])
            exchange.refused(audit)
            throw .unauthorized
        }
    }

    private func impersonate(_ exchange: inout Exchange, _ user: UserInfo) throws(StatusError) -> UserInfo {
        guard let wanted = exchange.request.impersonation else { return user }
        guard !wanted.user.isEmpty else {
            throw .internalError("groups, uid or extra are to be impersonated without a user")
        }
        for attributes in wanted.permissions {
            let decision = handler.authorizer.authorize(attributes, user)
            guard decision.isAllowed else { throw .forbidden(attributes, user, reason: decision.reason) }
        }
        exchange.impersonates(wanted.impersonated)
        return wanted.impersonated
    }

    // MARK: Afterwards

    /// Has the answer written: a watch for as long as it lasts, what is large until the request's deadline.
    private func finish(_ exchange: Exchange, _ response: Response, _ hold: Hold, _ channel: any Channel) -> Response {
        let code = Int(response.status.code)
        var response = response
        let body = response.body
        guard !exchange.attributes.isLongRunning else {
            exchange.record(.responseStarted, (code, nil), audit)
            let running = handler.metrics.longRunning(exchange.attributes)
            response.body = ResponseBody { writer in
                running.add(1)
                defer {
                    running.add(-1)
                    complete(exchange, code, nil)
                    withExtendedLifetime(hold) {}
                }
                try await PieceWriter.$channel.withValue(channel) { try await body.write(writer) }
            }
            return response
        }
        complete(exchange, code, nil)
        // A small answer is written at once, and together with its head.
        guard let length = body.contentLength, length > APIHandler.pieceSize else { return response }
        response.body = ResponseBody(contentLength: length) { writer in
            let number = deadlines.begin(hold.work.deadline) { channel.close(mode: .all, promise: nil) }
            defer {
                deadlines.end(number)
                withExtendedLifetime(hold) {}
            }
            try await PieceWriter.$channel.withValue(channel) { try await body.write(writer) }
        }
        return response
    }

    private func complete(_ exchange: Exchange, _ code: Int, _ failure: StatusError?) {
        handler.metrics.answered(
            exchange.attributes, isDryRun: exchange.isDryRun, code: code, duration: exchange.began.duration(to: .now))
        exchange.record(.responseComplete, (code, failure), audit)
    }
}
