import ContainerRuntime
import FoundationEssentials
import JSONStream
import KubeAPI
import KubeClient

/// Sees to it that a container's image is here, by its pull policy.
struct ImageKeeper: Sendable {
    let context: AgentContext

    struct Found: Sendable {
        var image: RuntimeImage?
        /// What the runtime calls it.
        var reference: String
    }

    /// What came of it, and what is remembered.
    enum Outcome: Sendable {
        case here(Found)
        /// It cannot be had now.
        case failed(StatusProblem, isPull: Bool)
    }

    func ensure(_ container: ContainerDefinition, _ pod: BoundPod) async throws(RuntimeFailure) -> Outcome {
        let name = container.image
        guard ImageName(name) != nil else {
            return .failed(
                StatusProblem(
                    "InvalidImageName",
                    "Failed to apply default image tag \"\(name)\": couldn't parse image name \"\(name)\": invalid reference format"
                ), isPull: false)
        }
        let present = try await context.runtime.image(name)
        if let present, container.pullPolicy != "Always" {
            context.tell(
                pod, .normal, "Pulled", "Pulling", "Container image \"\(name)\" already present on machine")
            return .here(Found(image: present, reference: present.id))
        }
        if container.pullPolicy == "Never" {
            let message = "Container image \"\(name)\" is not present with pull policy of Never"
            context.tell(pod, .warning, "ErrImageNeverPull", "Pulling", message)
            return .failed(StatusProblem("ErrImageNeverPull", message), isPull: false)
        }
        context.tell(pod, .normal, "Pulling", "Pulling", "Pulling image \"\(name)\"")
        do throws(RuntimeFailure) {
            let reference = try await pull(name, pod)
            let image = try await context.runtime.image(name)
            context.tell(pod, .normal, "Pulled", "Pulling", "Successfully pulled image \"\(name)\"")
            return .here(Found(image: image, reference: image?.id ?? reference))
        } catch {
            if error.cause == .unreachable || error.cause == .cancelled { throw error }
            let message = "Failed to pull image \"\(name)\": \(error.message)"
            context.tell(pod, .warning, "Failed", "Pulling", message)
            context.tell(pod, .warning, "Failed", "Pulling", "Error: ErrImagePull")
            return .failed(StatusProblem("ErrImagePull", error.message), isPull: true)
        }
    }

    private func pull(_ name: String, _ pod: BoundPod) async throws(RuntimeFailure) -> String {
        var last: RuntimeFailure?
        for credentials in await credentials(name, pod) {
            do throws(RuntimeFailure) {
                return try await context.runtime.pullImage(name, credentials)
            } catch {
                last = error
            }
        }
        // Most images are for everybody.
        if let last { throw last }
        return try await context.runtime.pullImage(name, nil)
    }

    private func credentials(_ image: String, _ pod: BoundPod) async -> [ImageCredentials] {
        let references = pod.spec.imagePullSecrets.map { ObjectReferences.Reference(kind: .secret, name: $0) }
        guard !references.isEmpty,
            let objects = try? await context.objects.read(
                Set(references), namespace: pod.metadata.namespace, age: .seconds(10))
        else { return [] }
        return references.compactMap { objects[.secret, $0.name] }.flatMap { RegistryLogins.find($0, image) }
    }
}

/// Logins that lie in a Secret, for the registry of an image. Pure.
enum RegistryLogins {
    static func find(_ secret: KeyedData, _ image: String) -> [ImageCredentials] {
        let modern = secret.values[".dockerconfigjson"].flatMap { try? JSONValue(parsing: $0) }?["auths"]
        let auths = modern ?? secret.values[".dockercfg"].flatMap { try? JSONValue(parsing: $0) }
        let first = image.split(separator: "/").first.map(String.init) ?? ""
        let hasHost = image.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
        let registry = hasHost ? first : "docker.io"
        return (auths?.objectValue ?? [:]).compactMap { key, login -> ImageCredentials? in
            var host = key.replacing("https://", with: "").replacing("http://", with: "")
            host = host.split(separator: "/").first.map(String.init) ?? host
            guard host == registry || (registry == "docker.io" && host == "index.docker.io") else { return nil }
            var credentials = ImageCredentials()
            credentials.username = login.text("username")
            credentials.password = login.text("password")
            credentials.auth = login.text("auth")
            credentials.identityToken = login.text("identitytoken")
            credentials.server = registry
            return credentials
        }
    }
}
