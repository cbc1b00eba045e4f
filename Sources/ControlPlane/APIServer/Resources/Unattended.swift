import JSONStream
import KubeAPI

/// Kinds that are stored and that no controller of ours works on. Who creates one is warned, unless a program that does
/// is at work.
struct Unattended: Sendable {
    /// The Lease that the program holds which runs a kind; nil if it holds none that is known.
    private static let runners: [String: (lease: String?, work: String)] = [
        "statefulsets.apps": ("kube-controller-manager", "runs StatefulSets"),
        "daemonsets.apps": ("kube-controller-manager", "runs DaemonSets"),
        "jobs.batch": ("kube-controller-manager", "runs Jobs"),
        "cronjobs.batch": ("kube-controller-manager", "runs CronJobs"),
        "ingresses.networking.k8s.io": (nil, "serves Ingresses"),
        "networkpolicies.networking.k8s.io": (nil, "enforces NetworkPolicies"),
    ]

    /// - Parameter lease: a Lease of kube-system by its name.
    static func warnings(
        _ definition: ResourceDefinition, now: Timestamp = .now(), lease: (String) -> JSONValue?
    ) -> [String] {
        guard let runner = runners[definition.qualifiedPlural] else { return [] }
        if let name = runner.lease, let lease = lease(name), isHeld(lease, now) { return [] }
        return ["nothing in this cluster \(runner.work)"]
    }

    private static func isHeld(_ lease: JSONValue, _ now: Timestamp) -> Bool {
        let spec = lease["spec"] ?? [:]
        guard !spec.text("holderIdentity").isEmpty, let renewed = Timestamp(spec.text("renewTime")) else {
            return false
        }
        let seconds = min(max(spec.number("leaseDurationSeconds"), 1), 3600)
        return now.microseconds - renewed.microseconds < seconds * 1_000_000
    }
}
