import ArgumentParser
import KubeAPI
import KubeClient
import Logging
import NodeMembership
import PrometheusMetrics

/// `viaduct token`: what hosts show when they join.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make tokens by which hosts join.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a bootstrap token and print it.",
            usage: "viaduct token create --kubeconfig FILE [options]",
            discussion: """
                Tokens are Secrets of type bootstrap.kubernetes.io/token in kube-system; `kubectl delete` takes one back.
                """)

        @OptionGroup var client: ClientOptions

        @Option(help: ArgumentHelp("How long the token is good, such as 24h.", valueName: "duration"))
        var ttl = "24h"

        @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
        var description = ""

        @Flag(help: "Print the whole command for the host that joins.")
        var printJoinCommand = false

        func run() async throws {
            client.log.bootstrap()
            do {
                let lifetime = try DurationText.parse(ttl, flag: "--ttl")
                guard lifetime > .zero else { throw ValidationError("--ttl: \(ttl) is not a time") }
                let configuration = try client.configuration()
                let hash = try printJoinCommand ? Self.hash(configuration) : ""
                let client = try client.client(MetricsRegistry(), Logger(label: "token"))
                let token: BootstrapToken
                do {
                    token = try await JoinInvitation.make(client, lifetime: lifetime, description: description)
                } catch {
                    await client.shutdown()
                    throw error
                }
                await client.shutdown()
                print(
                    printJoinCommand
                        ? JoinInvitation.command(configuration.server.authority, token, hash) : "\(token)")
            } catch let error as ValidationError {
                throw error
            } catch {
                try CommandFailure.fail("\(error)")
            }
        }

        private static func hash(_ configuration: ClientConfiguration) throws -> String {
            guard let pem = configuration.certificateAuthorities,
                let hash = AuthorityDiscovery.hash(ofPEM: String(decoding: pem, as: UTF8.self))
            else { throw ValidationError("--print-join-command: the kubeconfig names no certificate authority") }
            return hash
        }
    }
}
