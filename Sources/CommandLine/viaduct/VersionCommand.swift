import ArgumentParser
import ProxyServer

/// `viaduct version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() {
        print(BuildInformation.text)
    }
}
