import ArgumentParser
import Foundation
import Insight
import KubeClient
import Logging
import PrometheusMetrics
import ProxyServer

/// `viaduct explain`: why a connection goes where it goes.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain where a connection goes and why, and check the kernel's rules for it.",
        usage: "viaduct explain FROM TO[:PORT][/PROTOCOL] [options]",
        discussion: """
            FROM is where the connection begins:
              pod/NAME, pod/NAMESPACE/NAME   a pod, by its object
              ADDRESS                        any client with that address
              node                           this node itself
              outside                        any client outside of this node

            TO is where it is to go; the protocol is tcp, udp or sctp, and TCP where there is a choice:
              service/NAME[:PORT]            a Service's cluster IP; PORT is a number or the port's name
              service/NAMESPACE/NAME[:PORT]
              ADDRESS[:PORT], [ADDRESS]:PORT any address: a Service's, a node's, a pod's
              node-port NUMBER               a node port on this node

            What should happen follows from the API server's objects and the proxy's settings, decided as the proxy \
            decides it. What is in the kernel is read with libnftnl, libiptc and libnl, not with the code that put it \
            there, and compared. So run it on the node, as root. The running proxy is asked for its mode and settings at \
            its status socket; where none answers, --config or --mode and its companions say them. Objects are read with \
            the proxy's kubeconfig, else KUBECONFIG or ~/.kube/config, unless --kubeconfig or --master is given. Names of \
            hosts are not looked up.

            Examples:
              viaduct explain pod/web-1 service/db
              viaduct explain 10.244.1.7 10.96.0.10:53/udp
              viaduct explain outside node-port 30080 -o json
              viaduct explain node [fd00:10:96::a]:443 --config /etc/viaduct/proxy.yaml
              viaduct explain node service/db --trace

            Exit status: 0 the kernel holds what it should and nothing stops the connection; 1 it does not, or \
            something does; 2 the question cannot be answered; 64 the command line is wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Argument(help: ArgumentHelp("Where the connection begins.", valueName: "from"))
    var from: String?

    @Argument(help: ArgumentHelp("Where it is to go.", valueName: "to"))
    var to: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("The namespace of names without one.", valueName: "namespace"))
    var namespace = "default"

    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output = Output.text

    @Option(
        help: ArgumentHelp(
            "The device that the packets come in by; without it the one that answers would go out by.",
            valueName: "device"))
    var via: String?

    @Flag(
        help: ArgumentHelp(
            "Also follow one packet: one that explain sends, where FROM is this node, or the next that matches. "
                + "nf_tables tells each rule that it meets, other programs' too; of the legacy tables what their "
                + "counters say."))
    var trace = false

    @Option(help: ArgumentHelp("How many seconds --trace waits for a packet.", valueName: "seconds"))
    var traceTimeout: UInt32 = 10

    @Flag(
        help: ArgumentHelp(
            "Read questions from standard input, a line each, and answer each with a line of JSON, until it ends."))
    var batch = false

    @OptionGroup(title: "The proxy") var proxy: ExplainedProxyOptions
    @OptionGroup(title: "The API server") var client: ClientOptions

    mutating func validate() throws {
        if batch {
            guard from == nil else { throw ValidationError("--batch: questions come from standard input") }
            guard !trace else { throw ValidationError("--batch: packets are followed one at a time, without it") }
        } else if from == nil || to.isEmpty {
            throw ValidationError("say FROM and TO, as in: viaduct explain pod/web-1 service/db")
        }
    }

    func run() async throws {
        client.log.bootstrap()
        let reader: ExplainReader
        do {
            reader = try await ExplainReader(proxy, client)
        } catch {
            try Self.fail("\(error)")
        }
        do {
            let status = batch ? try await answerAll(reader) : try await answer(reader)
            await reader.shutdown()
            if status != 0 { throw ExitCode(status) }
        } catch let status as ExitCode {
            throw status
        } catch {
            await reader.shutdown()
            try Self.fail("\(error)")
        }
    }

    private static func fail(_ message: String) throws -> Never {
        FileHandle.standardError.write(Data("error: \(message)\n".utf8))
        throw ExitCode(2)
    }

    private func explanation(_ reader: ExplainReader, _ from: String, _ to: [String]) async throws -> Explanation {
        let source = try FlowSource(parsing: from)
        let target = try FlowTarget(parsing: to)
        let facts = try await reader.facts(namesPods: source.namesPod || target.namesPod)
        var explanation = try await explanation(facts, source, target, reader.settingsSource)
        explanation.notes += reader.notes
        return explanation
    }

    private func explanation(
        _ facts: ClusterFacts, _ source: FlowSource, _ target: FlowTarget, _ settingsSource: String
    ) async throws -> Explanation {
        let explainer = Explainer(facts, settingsSource: settingsSource, inputDevice: via)
        guard trace else { return try explainer.explain(from: source, to: target, namespace: namespace) }
        return try await explainer.explain(
            from: source, to: target, namespace: namespace, tracingFor: .seconds(min(traceTimeout, 3600)))
    }

    private func answer(_ reader: ExplainReader) async throws -> Int32 {
        let explanation = try await explanation(reader, from ?? "", to)
        switch output {
        case .text:
            let isColoured =
                isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
            print(ExplanationText(explanation, isColoured: isColoured).text, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(explanation), as: UTF8.self))
        }
        return explanation.status
    }

    // MARK: Many questions

    private struct Refusal: Encodable { var error: String }

    private func answerAll(_ reader: ExplainReader) async throws -> Int32 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            let answer: Data
            do {
                answer = try encoder.encode(try await explanation(reader, first, Array(words.dropFirst())))
            } catch {
                answer = try encoder.encode(Refusal(error: "\(error)"))
            }
            FileHandle.standardOutput.write(answer + Data("\n".utf8))
        }
        return 0
    }
}
