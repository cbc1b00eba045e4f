import FoundationEssentials
import JSONStream
public import KubeClient
import LinuxSystem
public import Logging

/// What a host that has joined has to show: its client and serving certificates, in files, renewed before they end.
public struct NodeCredentials: Sendable {
    /// Why there are none, fit for the user.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    public let directory: String
    public let nodeName: String
    private let clock: RetryClock
    private let logger: Logger

    /// How long somebody may take to approve a request.
    private static let patience = Duration.seconds(300)
    /// The shortest time between two tries.
    private static let pause = Duration.seconds(10)

    public init(directory: String, nodeName: String, clock: RetryClock = .system, logger: Logger) {
        self.directory = directory
        self.nodeName = nodeName
        self.clock = clock
        self.logger = logger
    }

    public var kubeconfigPath: String { directory + "/node.kubeconfig" }
    public var clientPath: String { directory + "/pki/kubelet-client-current.pem" }
    public var servingPath: String { directory + "/pki/kubelet-server-current.pem" }
    private var authorityPath: String { directory + "/pki/ca.crt" }

    /// Whether this host has joined before.
    public var areHere: Bool { FileTree.mode(kubeconfigPath) != nil && FileTree.mode(clientPath) != nil }

    /// The node that this host joined as; nil: it has not.
    public static func joinedName(_ directory: String) -> String? {
        guard let text = try? FileTree.read(directory + "/node.kubeconfig", limit: 1 << 20) else { return nil }
        let user = String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.contains("system:node:") }
        return user?.split(separator: "system:node:").last.map { name in String(name.prefix { $0 != "\"" }) }
    }

    // MARK: Joining

    /// Gets this node's first client certificate and writes all files.
    /// - Parameters:
    ///   - bootstrap: a client with a token for that.
    ///   - authorityPEM: of the API server.
    /// - Throws: ``Problem``
    public func join(_ bootstrap: KubeClient, server: String, authorityPEM: String) async throws(Problem) {
        do {
            try FileTree.makeDirectory(directory + "/pki", mode: 0o700)
            let (name, logger) = (nodeName, logger)
            let text = try await CertificateRequester(client: bootstrap, clock: clock).obtain(
                .client(nodeName), patience: Self.patience
            ) { request in
                logger.notice(
                    "the certificate waits for approval",
                    metadata: ["node": "\(name)", "command": "kubectl certificate approve \(request)"])
            }
            try write(authorityPath, authorityPEM)
            try write(clientPath, text)
            try write(kubeconfigPath, kubeconfig(server))
        } catch let problem as CertificateRequester.Problem {
            throw Problem(description: "\(problem)")
        } catch {
            throw Problem(description: "cannot get a certificate for node \(nodeName): \(error)")
        }
    }

    /// Whole or not at all, for root alone.
    private func write(_ path: String, _ text: String) throws(SystemError) {
        try FileTree.write(path + ".new", Array(text.utf8), mode: 0o600)
        try FileTree.rename(path + ".new", to: path)
    }

    /// Names files, so that who uses it sees renewed certificates.
    func kubeconfig(_ server: String) -> String {
        func quoted(_ text: String) -> String { String(decoding: JSONValue.string(text).serialized(), as: UTF8.self) }
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: viaduct
              cluster: {server: \(quoted(server)), certificate-authority: \(quoted(authorityPath))}
            users:
            - name: "system:node:\(nodeName)"
              user: {client-certificate: \(quoted(clientPath)), client-key: \(quoted(clientPath))}
            contexts:
            - name: viaduct
              context: {cluster: viaduct, user: "system:node:\(nodeName)"}
            current-context: viaduct

            """
    }

    // MARK: Renewal

    /// Keeps both certificates good until the task is cancelled.
    /// - Parameters:
    ///   - names: this host's own name and addresses, for the serving certificate; empty: it needs none.
    ///   - renewed: told the certificate and key (PEM) of the server, also of one that is there already.
    public func renew(
        _ client: KubeClient, names: [String], renewed: @escaping @Sendable (String) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keep(.client(nodeName), clientPath, client) { _ in } }
            if !names.isEmpty {
                group.addTask { await keep(.serving(nodeName, names: names), servingPath, client, renewed) }
            }
        }
    }

    private func keep(
        _ plan: CertificatePlan, _ path: String, _ client: KubeClient, _ renewed: @Sendable (String) -> Void
    ) async {
        var hasTold = false
        while !Task.isCancelled {
            if let text = present(path), let life = CertificateLife(pem: text) {
                renewed(text)
                let due = life.renewal(Double.random(in: 0...1)).timeIntervalSinceNow
                if due > 0 {
                    guard (try? await clock.sleep(.seconds(min(due, 86_400)))) != nil else { return }
                    continue
                }
            }
            do {
                let text = try await CertificateRequester(client: client, clock: clock).obtain(
                    plan, patience: Self.patience)
                try write(path, text)
                renewed(text)
                logger.info(
                    "a certificate is new",
                    metadata: ["file": "\(path)", "until": "\(CertificateLife(pem: text)?.notAfter.description ?? "")"])
                hasTold = false
            } catch {
                if Task.isCancelled { return }
                logger.log(
                    level: hasTold ? .debug : .warning, "a certificate could not be had and is asked for again",
                    metadata: ["file": "\(path)", "error": "\(error)"])
                hasTold = true
            }
            guard (try? await clock.sleep(Self.pause)) != nil else { return }
        }
    }

    private func present(_ path: String) -> String? {
        (try? FileTree.read(path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes all of it.
    public func remove() {
        for path in [kubeconfigPath, directory + "/pki"] { try? FileManager.default.removeItem(atPath: path) }
    }
}
