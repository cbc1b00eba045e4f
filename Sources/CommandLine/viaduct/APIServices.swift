import Conntrack
import Foundation
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// Services as a proxy with this host's name and default settings would see them. Commands show these if no proxy
/// answers.
enum APIServices {
    /// The user's kubeconfig, where kubectl finds it: KUBECONFIG, then ~/.kube/config; nil: there is none.
    static var usersKubeconfig: String? {
        let environment = ProcessInfo.processInfo.environment
        let home = (environment["HOME"] ?? "/root") + "/.kube/config"
        return environment["KUBECONFIG"].flatMap { $0.split(separator: ":").first.map(String.init) }
            ?? (FileManager.default.fileExists(atPath: home) ? home : nil)
    }

    /// - Parameter kubeconfig: nil: the user's, or in a pod its service account.
    static func client(kubeconfig: String?) throws -> KubeClient {
        var configuration: ClientConfiguration
        if let path = kubeconfig ?? usersKubeconfig {
            configuration = try Kubeconfig(path: path).configuration(master: nil)
        } else {
            configuration = try ClientConfiguration.inCluster(environment: ProcessInfo.processInfo.environment)
        }
        configuration.userAgent = ClientConfiguration.userAgent(version: BuildInformation.version)
        return try KubeClient(
            configuration: configuration, logger: Logger(label: "viaduct") { _ in SwiftLogNoOpLogHandler() })
    }

    static func read(_ client: KubeClient, selector: String?) async throws -> ServicesStatus {
        var model = ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: ProcessInfo.processInfo.hostName.lowercased(), nodePortAddresses: .all))
        for service in try await client.all(Service.self, ObjectSelector(labels: selector ?? "")) {
            _ = model.upsert(service)
        }
        for slice in try await client.all(EndpointSlice.self) { _ = model.upsert(slice) }
        _ = model.takeDelta()
        return ServicesStatus(model.overview(), flows: try await flows())
    }

    /// Nothing without root, or without connection tracking.
    private static func flows() async throws -> [FlowPath: FlowCounts] {
        do {
            let dump = try FlowDump(translatedOnly: false)
            var flows: [FlowPath: FlowCounts] = [:]
            for family in IPFamily.allCases { flows.merge(try await dump.read(family)) { one, _ in one } }
            return flows
        } catch {
            FileHandle.standardError.write(Data("live connections cannot be listed: \(error)\n".utf8))
            return [:]
        }
    }
}
