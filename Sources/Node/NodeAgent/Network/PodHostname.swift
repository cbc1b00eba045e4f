import KubeAPI

/// What a pod calls itself. Pure.
struct PodHostname: Hashable, Sendable {
    /// Characters of a host name (gethostname(2)).
    private static let maximum = 63

    let name: String
    /// Empty if the pod has none.
    let domain: String
    /// What the kernel is told.
    let ofKernel: String

    /// - Throws: ``StatusProblem`` where the whole name is wanted and too long.
    init(_ pod: BoundPod, clusterDomain: String) throws(StatusProblem) {
        var name = pod.spec.hostname.isEmpty ? pod.metadata.name : pod.spec.hostname
        if name.utf8.count > Self.maximum {
            name = String(name.prefix(Self.maximum))
            while let last = name.last, last == "-" || last == "." { name.removeLast() }
        }
        self.name = name
        domain =
            pod.spec.subdomain.isEmpty
            ? "" : "\(pod.spec.subdomain).\(pod.metadata.namespace).svc.\(clusterDomain)"
        let full = domain.isEmpty ? name : "\(name).\(domain)"
        ofKernel = pod.spec.usesFullHostname ? full : name
        if ofKernel.utf8.count > Self.maximum + 1 {
            throw StatusProblem(
                "FailedCreatePodSandBox",
                "the full host name \(full) of the pod has more than \(Self.maximum + 1) characters; "
                    + "setHostnameAsFQDN must be false or the names shorter")
        }
    }
}
