import ArgumentParser
import Foundation
import Logging
import ProxyConfiguration
import ProxyServer

/// `viaduct proxy`. The flags are kube-proxy's, and so is their form (`--cleanup=true`, `-v=2`), which is why they are
/// parsed by ``ProxyFlags``.
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy", abstract: ProxyHelp.abstract, usage: "viaduct proxy [options]",
        discussion: ProxyHelp.discussion)

    @Argument(
        parsing: .captureForPassthrough, help: ArgumentHelp("kube-proxy's flags.", valueName: "options"),
        completion: .custom { words, index, prefix in
            ProxyHelp.candidates(after: words.indices.contains(index - 1) ? words[index - 1] : "")
                .filter { $0.hasPrefix(prefix) }
        })
    var arguments: [String] = []

    func run() async throws {
        let options: ProxyOptions
        do {
            let flags = try ProxyFlags(arguments: arguments)
            if flags.wantsHelp {
                print(ProxyHelp.text)
                return
            }
            if flags.wantsVersion {
                print(BuildInformation.text)
                return
            }
            options = try ProxyOptions(flags: flags, read: ConfigurationFile.read)
        } catch {
            try CommandFailure.fail("\(error)")
        }
        switch options.action {
        case .writeConfiguration(let path): try Self.write(options.configuration, to: path)
        case .initialize: try Self.initialize(options)
        case .run, .cleanup: try await Self.start(options)
        }
    }

    private static func write(_ configuration: KubeProxyConfiguration, to path: String) throws {
        do {
            try Data(configuration.yaml.utf8).write(to: URL(filePath: path))
        } catch {
            try CommandFailure.fail("--write-config-to: cannot write \(path): \(error.localizedDescription)")
        }
    }

    private static func initialize(_ options: ProxyOptions) throws {
        LogOutput.bootstrap(verbosity: options.settings.verbosity, isJSON: options.settings.logFormat == .json)
        let preparation = HostPreparation(logger: Logger(label: "proxy"))
        let failed = preparation.apply(options.settings)
        do {
            try preparation.applyRequired(options.settings)
        } catch {
            try CommandFailure.fail("\(error)")
        }
        if !failed.isEmpty { throw ExitCode(1) }
    }

    private static func start(_ options: ProxyOptions) async throws {
        LogOutput.bootstrap(verbosity: options.settings.verbosity, isJSON: options.settings.logFormat == .json)
        do {
            try await ProxyMain.run(options)
        } catch let error as ProxyMain.StartFailure {
            try CommandFailure.fail("\(error)")
        }
    }
}
