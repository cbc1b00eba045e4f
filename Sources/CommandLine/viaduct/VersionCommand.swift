import ArgumentParser
import CBuildInformation
import Foundation
import HostInspection
import ProxyServer

/// `viaduct version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version.",
        discussion: "-o json also tells the commit, the build and the libraries that were loaded from this host.")

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output = Output.text

    private struct Facts: Encodable {
        var version = BuildInformation.version
        /// Nil if the build did not set it.
        var gitCommit = String(cString: viaduct_commit()).isEmpty ? nil : String(cString: viaduct_commit())
        var build = VersionCommand.build
        var platform = BuildInformation.platform
        var kubernetesVersion = BuildInformation.kubernetesVersion
        var libraries = LoadedLibrary.all()
    }

    #if DEBUG
        private static let build = "debug"
    #else
        private static let build = "release"
    #endif

    func run() throws {
        guard output == .json else { return print(BuildInformation.text) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(Facts()), as: UTF8.self))
    }
}
