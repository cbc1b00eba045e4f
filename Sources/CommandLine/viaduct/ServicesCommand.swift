import ArgumentParser
import Foundation
import Insight
import ProxyConfiguration
import ProxyServer

/// `viaduct services`: Services and ports as this node's proxy has programmed them, with their traffic.
struct ServicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services", abstract: "List Services and ports as this node programs them, with their traffic.",
        usage: "viaduct services [NAME] [options]",
        discussion: """
            Asks the proxy of this host, as root; without one it asks the API server and the kernel. The proxy counts new \
            connections from the first question on, and stops a minute after the last one, unless it has --endpoint-metrics.
            """)

    @Argument(help: ArgumentHelp("Only this Service.", valueName: "name"))
    var name: String?

    @Flag(name: .shortAndLong, help: "Watch for changes.")
    var watch = false

    @OptionGroup var options: ServicesOptions

    func run() async throws {
        let reader = try await options.reader()
        do {
            try await show(reader)
        } catch let error as ExitCode {
            await reader.close()
            throw error
        } catch {
            await reader.close()
            try CommandFailure.fail("\(error)")
        }
        await reader.close()
    }

    private func show(_ reader: ServicesReader) async throws {
        let status = chosen(try await reader.readWithRates())
        if let name, status.ports.isEmpty {
            try CommandFailure.fail(
                "no Service \(name) with a cluster IP in \(options.chosenNamespace ?? "any namespace")")
        }
        if options.output == .json {
            print(try ServicesOptions.json(status))
            return
        }
        guard watch else {
            if status.ports.isEmpty {
                FileHandle.standardError.write(
                    Data("no Services with a cluster IP in \(options.chosenNamespace ?? "any namespace")\n".utf8))
            } else {
                print(table(status).lines.joined(separator: "\n"))
            }
            return
        }
        if TerminalScreen.isTerminal {
            var screen = TerminalScreen()
            try await follow(reader, status) { screen.draw(table($0).lines) }
        } else {
            var known: Set<String> = []
            try await follow(reader, status) { status in
                // Ages change all the time and are no news.
                let lines = table(status, withAges: known.isEmpty).lines
                let fresh = table(status, withAges: false).lines
                for (line, key) in zip(lines, fresh) where known.insert(key).inserted { print(line) }
                known = Set(fresh)
                fflush(nil)
            }
        }
    }

    private func follow(
        _ reader: ServicesReader, _ first: ServicesStatus, _ show: (ServicesStatus) -> Void
    ) async throws {
        show(first)
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(options.interval))
            show(chosen(try await reader.read()))
        }
    }

    private func chosen(_ status: ServicesStatus) -> ServicesStatus {
        var status = options.chosen(status)
        if let name { status.ports.removeAll { $0.service != name } }
        return status
    }

    private func table(_ status: ServicesStatus, withAges: Bool = true) -> TextColumns {
        var status = status
        if !withAges { status.programmedSeconds = [:] }
        return ServicesTable.columns(status, namespace: options.chosenNamespace, isWide: options.output == .wide)
    }
}
