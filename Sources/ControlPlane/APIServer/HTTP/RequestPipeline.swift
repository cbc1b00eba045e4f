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

    func respond(to http: Request, on channel: any Channel) async -> Response {
        var exchange = Exchange(http)
        do {
            let response = try await answer(&exchange, http, channel)
            return finish(exchange, response, nil)
        } catch {
            let failure = handler.failure(error, path: exchange.request.rawPath)
            return finish(exchange, APIHandler.status(failure, accept: exchange.request.accept), failure)
        }
    }

    private func answer(_ exchange: inout Exchange, _ http: Request, _ channel: any Channel) async throws -> Response {
        let attributes = exchange.attributes
        let user = try await authenticate(&exchange)
        let acting = try impersonate(&exchange, user)
        let slot = try limiter.enter(attributes, acting)
        defer { slot?.leave() }
        let decision = handler.authorizer.authorize(attributes, acting)
        exchange.decided(decision)
        guard decision.isAllowed else {
            throw StatusError.forbidden(attributes, acting, reason: decision.reason)
        }
        let request = exchange.request
        guard !attributes.isLongRunning else { return try await handler.answer(request, http, acting, channel) }
        return try await deadlines.run {
            try await handler.answer(request, http, acting, channel)
        }
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

    private func finish(_ exchange: Exchange, _ response: Response, _ failure: StatusError?) -> Response {
        let code = Int(response.status.code)
        guard exchange.attributes.isLongRunning, failure == nil else {
            complete(exchange, code, failure)
            return response
        }
        exchange.record(.responseStarted, (code, nil), audit)
        let running = handler.metrics.longRunning(exchange.attributes)
        let body = response.body
        var response = response
        response.body = ResponseBody { writer in
            running.add(1)
            defer {
                running.add(-1)
                complete(exchange, code, nil)
            }
            try await body.write(writer)
        }
        return response
    }

    private func complete(_ exchange: Exchange, _ code: Int, _ failure: StatusError?) {
        handler.metrics.answered(
            exchange.attributes, isDryRun: exchange.isDryRun, code: code, duration: exchange.began.duration(to: .now))
        exchange.record(.responseComplete, (code, failure), audit)
    }
}
