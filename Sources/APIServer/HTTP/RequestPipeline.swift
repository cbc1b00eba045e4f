import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What every request goes through before it is answered: who asks, on whose behalf, is there room, is it allowed.
struct RequestPipeline: Sendable {
    let handler: APIHandler
    let authenticator: Authenticator
    let limiter: InFlightLimiter

    func respond(to http: Request, on channel: any Channel) async -> Response {
        let request = APIRequest(http.head)
        let attributes = RequestAttributes(request)
        do {
            let user = try await authenticate(request)
            let acting = try impersonate(request, user)
            let slot = try limiter.enter(attributes, acting)
            defer { slot?.leave() }
            let decision = handler.authorizer.authorize(attributes, acting)
            guard decision.isAllowed else {
                throw StatusError.forbidden(attributes, acting, reason: decision.reason)
            }
            return try await answer(request, attributes, http, acting, channel)
        } catch {
            return APIHandler.status(handler.failure(error, path: request.rawPath))
        }
    }

    private func authenticate(_ request: APIRequest) async throws(StatusError) -> UserInfo {
        do throws(AuthenticationFailure) {
            return try await authenticator.user(request.authorization, Connection.current)
        } catch {
            handler.logger.debug("not authenticated", metadata: ["path": "\(request.rawPath)", "reason": "\(error)"])
            throw .unauthorized
        }
    }

    private func impersonate(_ request: APIRequest, _ user: UserInfo) throws(StatusError) -> UserInfo {
        guard let wanted = request.impersonation else { return user }
        guard !wanted.user.isEmpty else {
            throw .internalError("groups, uid or extra are to be impersonated without a user")
        }
        for attributes in wanted.permissions {
            let decision = handler.authorizer.authorize(attributes, user)
            guard decision.isAllowed else { throw .forbidden(attributes, user, reason: decision.reason) }
        }
        return wanted.impersonated
    }

    private func answer(
        _ request: APIRequest, _ attributes: RequestAttributes, _ http: Request, _ user: UserInfo,
        _ channel: any Channel
    ) async throws -> Response {
        guard !attributes.isLongRunning else { return try await handler.answer(request, http, user, channel) }
        let answered = await Deadline.run(for: handler.limits.requestTimeout) { () async -> Result<Response, any Error> in
            do {
                return .success(try await handler.answer(request, http, user, channel))
            } catch {
                return .failure(error)
            }
        }
        guard let answered else { throw StatusError.timeout }
        return try answered.get()
    }
}

/// Work that must end in time.
enum Deadline {
    /// - Returns: nil if the work was cancelled, because it took longer.
    static func run<Value: Sendable>(
        for limit: Duration, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
