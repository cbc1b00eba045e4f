import ArgumentParser
import Foundation
import Insight
import ProxyConfiguration
import ProxyServer

/// `viaduct top`: endpoints, the busiest first.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Show which endpoints get the connections, the busiest first.",
        usage: "viaduct top [options]",
        discussion: """
            On a terminal the table is drawn again and again; Ctrl-C ends it. Elsewhere it is printed once. See viaduct \
            services for where the figures come from.
            """)

    @Option(
        help: ArgumentHelp("new, live, unanswered, connections, bytes or name.", valueName: "order"),
        transform: { text in
            guard let order = TopTable.Order(rawValue: text) else {
                let known = TopTable.Order.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(text)\" is none of \(known)")
            }
            return order
        })
    var sortBy = TopTable.Order.new

    @Flag(help: "Print once, on a terminal too.")
    var once = false

    @OptionGroup var options: ServicesOptions

    func run() async throws {
        let reader = try await options.reader()
        do {
            try await show(reader)
        } catch {
            await reader.close()
            try CommandFailure.fail("\(error)")
        }
        await reader.close()
    }

    private func show(_ reader: ServicesReader) async throws {
        let status = options.chosen(try await reader.readWithRates())
        if options.output == .json {
            print(try ServicesOptions.json(status))
            return
        }
        guard TerminalScreen.isTerminal, !once else {
            print(table(status).lines.joined(separator: "\n"))
            return
        }
        var screen = TerminalScreen()
        screen.draw(table(status, limit: TerminalScreen.size.rows).lines)
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(options.interval))
            screen.draw(table(options.chosen(try await reader.read()), limit: TerminalScreen.size.rows).lines)
        }
    }

    private func table(_ status: ServicesStatus, limit: Int? = nil) -> TextColumns {
        TopTable.columns(status, namespace: options.chosenNamespace, order: sortBy, limit: limit)
    }
}
