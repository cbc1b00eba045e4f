import ContainerRuntime

/// Runs what containers want done after their start and before their end.
struct HookRunner: Sendable {
    let context: AgentContext

    /// A hook without a limit of its own is given up after this.
    private static let longest = Duration.seconds(600)

    /// What went wrong; nil: nothing.
    func run(
        _ hook: ProbeAction, _ id: String, _ container: ContainerDefinition, addresses: [String], timeout: Duration?
    ) async -> String? {
        let limit = timeout ?? Self.longest
        switch hook {
        case .exec(let command):
            do throws(RuntimeFailure) {
                let result = try await context.runtime.execute(command, in: id, timeout: limit)
                return result.status == 0 ? nil : "command exited with \(result.status)"
            } catch {
                return error.message
            }
        case .sleep(let seconds):
            let pause = min(limit, .seconds(min(seconds, 86_400)))
            return (try? await Task.sleep(for: pause)) == nil ? "the sleep was interrupted" : nil
        case .http, .tcp, .grpc:
            let result = await ProbeExecutor(runtime: context.runtime).run(
                hook, container: id, container, addresses: addresses, timeout: limit)
            return result.isSuccess ? nil : result.message
        }
    }
}
