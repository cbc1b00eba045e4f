import ArgumentParser
import Foundation
import KubeAPI
import KubeClient
import ProxyConfiguration
import ProxyServer

/// `viaduct drain`: no new connections for a pod, a node's pods or an address; those that there are go on.
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Send endpoints no new connections, and wait until theirs have ended.",
        usage: "viaduct drain [pod/NAME | node/NAME | ADDRESS[:PORT]] [options]",
        discussion: """
            Pods and nodes get the label viaduct.io/drain, which the proxies of all nodes follow; the proxy of the pod's node \
            counts what is left and sets the condition viaduct.io/Drained. An address is drained by this host's proxy alone, \
            as root, until --undo, also over its restarts. Without a target: what is drained, as this host's proxy sees it.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Argument(help: ArgumentHelp("pod/NAME, node/NAME or ADDRESS[:PORT].", valueName: "target"))
    var target: String?

    @Option(name: [.short, .long], help: ArgumentHelp("The pod's namespace.", valueName: "name"))
    var namespace = "default"

    @Flag(help: "Wait until no connection is left.")
    var wait = false

    @Option(help: ArgumentHelp("How long to wait at most, such as 90s; 0: for ever.", valueName: "time"))
    var timeout = "0"

    @Flag(help: "Undo a drain.")
    var undo = false

    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output = Output.text

    @Option(help: ArgumentHelp("The proxy's status socket.", valueName: "path"))
    var socket = ProxySocket.defaultPath

    @Option(
        help: ArgumentHelp(
            "A kubeconfig file; the default is KUBECONFIG, then ~/.kube/config, then that of this host's proxy.",
            valueName: "file"))
    var kubeconfig: String?

    mutating func validate() throws {
        if let target, DrainTarget(target) == nil {
            throw ValidationError(
                "\"\(target)\" is not pod/NAME, node/NAME or an address such as 10.0.0.1 or 10.0.0.1:80")
        }
        if target == nil, wait || undo { throw ValidationError("say which one: pod/NAME, node/NAME or ADDRESS") }
        if wait, undo { throw ValidationError("--wait and --undo exclude each other") }
        _ = try limit()
    }

    private func limit() throws -> Duration? {
        timeout == "0" ? nil : try DurationText.parse(timeout, flag: "--timeout")
    }

    func run() async throws {
        do {
            switch target.flatMap({ DrainTarget($0) }) {
            case nil: try await list()
            case .address(let address): try await drain(AddressDrain(ProxySocket(path: socket), address))
            case .pod(let name):
                try await drain(ObjectDrain<Pod>(try await client(), ObjectKey(namespace: namespace, name: name)))
            case .node(let name):
                try await drain(ObjectDrain<Node>(try await client(), ObjectKey(namespace: "", name: name)))
            }
        } catch let error as ExitCode {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    // MARK: Draining

    private func drain(_ subject: some DrainSubject) async throws {
        do {
            try await subject.set(!undo)
            if undo {
                show(DrainResult(subject, isDrained: false), "\(subject.name) gets new connections again")
            } else if wait {
                try await wait(for: subject)
            } else {
                show(DrainResult(subject), "\(subject.name) gets no new connections")
                await warn()
            }
        } catch {
            await subject.close()
            throw error
        }
        await subject.close()
    }

    private func wait(for subject: some DrainSubject) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let end = try limit().map { begin + $0 }
        var last = ""
        await warn()
        while true {
            let progress = try await subject.progress()
            if progress.isDrained {
                var result = DrainResult(subject, isDrained: true)
                result.connections = progress.connections
                result.seconds = (clock.now - begin) / .seconds(1)
                return show(result, "\(subject.name): \(progress.text)")
            }
            if progress.text != last {
                last = progress.text
                FileHandle.standardError.write(Data("\(subject.name): \(last)\n".utf8))
            }
            if let end, clock.now >= end {
                try CommandFailure.fail(
                    "\(subject.name) is not drained after \(timeout): \(progress.text); it still gets no new connections "
                        + "(--undo ends that)")
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func show(_ result: DrainResult, _ text: String) { print(output == .json ? Self.json(result) : text) }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Says which Services are left without endpoints, where a proxy of this host can tell.
    private func warn() async {
        try? await Task.sleep(for: .milliseconds(300))
        guard let drains = try? await ProxySocket(path: socket).drains(), !drains.emptied.isEmpty else { return }
        let names = drains.emptied.prefix(10).joined(separator: ", ") + (drains.emptied.count > 10 ? ", ..." : "")
        FileHandle.standardError.write(Data("warning: no endpoint is left for new connections to \(names)\n".utf8))
    }

    private func list() async throws {
        let drains = try await ProxySocket(path: socket).drains()
        guard output == .text else { return print(Self.json(drains)) }
        if drains.items.isEmpty { return print("nothing is drained") }
        for one in drains.items {
            let name = one.namespace.isEmpty ? one.name : "\(one.namespace)/\(one.name)"
            let left = one.connections.map { "\($0) connections left" } ?? "not counted yet"
            print("\(one.kind) \(name): \(one.isDrained ? "drained" : left), \(one.endpoints) endpoints")
        }
    }

    /// Of the user's kubeconfig, or else of this host's proxy.
    private func client() async throws -> KubeClient {
        do {
            return try APIServices.client(kubeconfig: kubeconfig)
        } catch {
            guard kubeconfig == nil, let known = try? await ProxySocket(path: socket).configuration(),
                !known.clientConnection.kubeconfig.isEmpty
            else { throw error }
            return try APIServices.client(kubeconfig: known.clientConnection.kubeconfig)
        }
    }
}

/// What the command prints as JSON.
private struct DrainResult: Encodable {
    var target: String
    /// Nil: nobody waited for it.
    var isDrained: Bool?
    var connections: Int?
    var seconds: Double?

    init(_ subject: some DrainSubject, isDrained: Bool? = nil) {
        target = subject.name
        self.isDrained = isDrained
    }
}
