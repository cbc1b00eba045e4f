import ArgumentParser
import Foundation
import JSONStream
import KubeAPI
import KubeClient
import Logging

/// The flags of leader election, with upstream's names.
struct LeaderElectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whether only one of several processes works at a time: true or false.", valueName: "bool"))
    var leaderElect = true

    @Option(
        help: ArgumentHelp(
            "How long others wait for the leader's renewal before they take over.", valueName: "duration"))
    var leaderElectLeaseDuration = "15s"

    @Option(
        help: ArgumentHelp("How long the leader tries to renew before it stops.", valueName: "duration"))
    var leaderElectRenewDeadline = "10s"

    @Option(help: ArgumentHelp("The pause between tries.", valueName: "duration"))
    var leaderElectRetryPeriod = "2s"

    @Option(help: ArgumentHelp("The namespace of the Lease.", valueName: "namespace"))
    var leaderElectResourceNamespace = "kube-system"

    func validate() throws { _ = try timing() }

    private func timing() throws -> LeaderElector.Timing {
        var timing = LeaderElector.Timing()
        timing.leaseDuration = try DurationText.parse(leaderElectLeaseDuration, flag: "--leader-elect-lease-duration")
        timing.renewDeadline = try DurationText.parse(leaderElectRenewDeadline, flag: "--leader-elect-renew-deadline")
        timing.retryPeriod = try DurationText.parse(leaderElectRetryPeriod, flag: "--leader-elect-retry-period")
        guard timing.retryPeriod < timing.renewDeadline, timing.renewDeadline < timing.leaseDuration else {
            throw ValidationError(
                "--leader-elect-retry-period must be below --leader-elect-renew-deadline, and that below "
                    + "--leader-elect-lease-duration")
        }
        return timing
    }

    /// In the form of component configurations.
    func json(lease: String) -> JSONValue {
        [
            "leaderElect": .bool(leaderElect), "leaseDuration": .string(leaderElectLeaseDuration),
            "renewDeadline": .string(leaderElectRenewDeadline), "retryPeriod": .string(leaderElectRetryPeriod),
            "resourceLock": "leases", "resourceName": .string(lease),
            "resourceNamespace": .string(leaderElectResourceNamespace),
        ]
    }

    /// Nil without leader election.
    func elector(_ client: KubeClient, lease: String, _ logger: Logger) throws -> LeaderElector? {
        guard leaderElect else { return nil }
        let identity = "\(ProcessInfo.processInfo.hostName)_\(UUID().uuidString.lowercased())"
        return LeaderElector(
            client: client, lease: ObjectKey(namespace: leaderElectResourceNamespace, name: lease), identity: identity,
            timing: try timing(), logger: logger)
    }
}
