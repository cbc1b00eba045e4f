package import APIObjects
package import JSONStream
package import KubeAPI

/// Kinds that are stored and that no controller of ours works on. Who creates one is warned, unless a program that does
/// is at work.
package struct Unattended: Sendable {
    /// The Lease that the program holds which runs a kind; nil if it holds none that is known.
    private static let runners: [String: (lease: String?, work: String)] = [
        "statefulsets.apps": ("kube-controller-manager", "runs StatefulSets"),
        "daemonsets.apps": ("kube-controller-manager", "runs DaemonSets"),
        "jobs.batch": ("kube-controller-manager", "runs Jobs"),
        "cronjobs.batch": ("kube-controller-manager", "runs CronJobs"),
        "horizontalpodautoscalers.autoscaling": ("kube-controller-manager", "runs HorizontalPodAutoscalers"),
        "validatingadmissionpolicies.admissionregistration.k8s.io": (nil, "evaluates ValidatingAdmissionPolicies"),
        "validatingadmissionpolicybindings.admissionregistration.k8s.io": (
            nil, "evaluates ValidatingAdmissionPolicies"
        ),
        "mutatingadmissionpolicies.admissionregistration.k8s.io": (nil, "evaluates MutatingAdmissionPolicies"),
        "mutatingadmissionpolicybindings.admissionregistration.k8s.io": (nil, "evaluates MutatingAdmissionPolicies"),
        "apiservices.apiregistration.k8s.io": (nil, "forwards requests to the API servers of APIServices"),
        "flowschemas.flowcontrol.apiserver.k8s.io": (nil, "queues requests by FlowSchemas"),
        "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": (
            nil, "queues requests by PriorityLevelConfigurations"
        ),
        "resourceclaims.resource.k8s.io": ("kube-controller-manager", "allocates devices for ResourceClaims"),
        "resourceclaimtemplates.resource.k8s.io": (
            "kube-controller-manager", "makes ResourceClaims of ResourceClaimTemplates"
        ),
        "volumeattributesclasses.storage.k8s.io": (nil, "changes volumes by VolumeAttributesClasses"),
        "ingresses.networking.k8s.io": (nil, "serves Ingresses"),
        "networkpolicies.networking.k8s.io": (nil, "enforces NetworkPolicies"),
    ]

    /// - Parameter lease: a Lease of kube-system by its name.
    package static func warnings(
        _ definition: ResourceDefinition, now: Timestamp = .now(), lease: (String) -> JSONValue?
    ) -> [String] {
        guard let runner = runners[definition.qualifiedPlural] else { return [] }
        if let name = runner.lease, let lease = lease(name), isHeld(lease, now) { return [] }
        return ["nothing in this cluster \(runner.work)"]
    }

    package static func isHeld(_ lease: JSONValue, _ now: Timestamp) -> Bool {
        let spec = lease["spec"] ?? [:]
        guard !spec.text("holderIdentity").isEmpty, let renewed = Timestamp(spec.text("renewTime")) else {
            return false
        }
        let seconds = min(max(spec.number("leaseDurationSeconds"), 1), 3600)
        return now.microseconds - renewed.microseconds < seconds * 1_000_000
    }
}
