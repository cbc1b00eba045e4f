import ArgumentParser
import Foundation
import KubeClient
import ProxyServer
import StatusServing

/// The common options of `viaduct services` and `viaduct top`: which Services, and where to read them.
struct ServicesOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text
        case wide
        case json
    }

    @Option(name: [.short, .long], help: ArgumentHelp("The namespace.", valueName: "name"))
    var namespace = "default"

    @Flag(name: [.customShort("A"), .long], help: "All namespaces.")
    var allNamespaces = false

    @Option(
        name: [.customShort("l"), .long],
        help: ArgumentHelp("Labels of Services, as kubectl takes them: app=web,tier!=test.", valueName: "labels"))
    var selector: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("text, wide or json.", valueName: "format"))
    var output = Output.text

    @Option(help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var interval = 2.0

    @Option(help: ArgumentHelp("The proxy's status socket.", valueName: "path"))
    var socket = ProxySocket.defaultPath

    @Option(
        help: ArgumentHelp(
            "A kubeconfig file, for when no proxy answers; the default is KUBECONFIG, then ~/.kube/config.",
            valueName: "file"))
    var kubeconfig: String?

    mutating func validate() throws {
        guard interval >= 0.1, interval <= 86_400 else {
            throw ValidationError("--interval: must be from 0.1 to 86400 seconds")
        }
    }

    /// Nil: all.
    var chosenNamespace: String? { allNamespaces ? nil : namespace }

    /// The requested part.
    func chosen(_ status: ServicesStatus) -> ServicesStatus {
        var status = status
        if !allNamespaces { status.ports.removeAll { $0.namespace != namespace } }
        return status
    }

    static func json(_ status: ServicesStatus) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(status), as: UTF8.self)
    }

    /// The source of the status: the proxy if one answers, otherwise the API server and the kernel, which is reported
    /// once.
    func reader() async throws -> ServicesReader {
        let socket = ProxySocket(path: socket)
        do throws(SocketClient.Failure) {
            _ = try await socket.services(selector: selector)
            return ServicesReader(socket, selector: selector)
        } catch {
            if case .status(let code, let text) = error {
                try CommandFailure.fail("the proxy answers \(code): \(text)")
            }
            let client: KubeClient
            do {
                client = try APIServices.client(kubeconfig: kubeconfig)
            } catch let other {
                try CommandFailure.fail("\(error), and no API server is known: \(other)")
            }
            FileHandle.standardError.write(
                Data(
                    "\(error): Services are read from the API server and live connections from the kernel; new ones and what is programmed are not known\n"
                        .utf8))
            return ServicesReader(client, selector: selector)
        }
    }
}
