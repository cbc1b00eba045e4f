import ArgumentParser
import Controllers
import NetworkAddress

/// The controllers' flags, with kube-controller-manager's names where it has them.
struct ControllerOptions: ParsableArguments {
    @Option(
        name: .customLong("allocate-node-cidrs"),
        help: ArgumentHelp("Whether nodes get parts of --cluster-cidr: true or false.", valueName: "bool"))
    var allocatesNodeCIDRs = false

    @Option(
        name: .customLong("node-cidr-mask-size-ipv4"),
        help: ArgumentHelp("Prefix length of a node's IPv4 part.", valueName: "bits"))
    var nodeMaskSizeIPv4 = 24

    @Option(
        name: .customLong("node-cidr-mask-size-ipv6"),
        help: ArgumentHelp("Prefix length of a node's IPv6 part.", valueName: "bits"))
    var nodeMaskSizeIPv6 = 64

    @Option(
        help: ArgumentHelp(
            "How long a node may be silent before it counts as not ready.", valueName: "duration"))
    var nodeMonitorGracePeriod = "40s"

    @Option(help: ArgumentHelp("How often nodes are looked at.", valueName: "duration"))
    var nodeMonitorPeriod = "5s"

    @Option(help: ArgumentHelp("Endpoints in a slice at most.", valueName: "count"))
    var maxEndpointsPerSlice = 100

    @Option(
        help: ArgumentHelp(
            "Addresses for Services of type LoadBalancer, separated by commas: CIDRs, FIRST-LAST, or single ones.",
            valueName: "ranges"))
    var loadBalancerAddresses: String?

    @Option(
        help: ArgumentHelp(
            "How long certificates are good that are signed for CertificateSigningRequests, at most.",
            valueName: "duration"))
    var clusterSigningDuration = "8760h"

    func validate() throws {
        guard try DurationText.parse(clusterSigningDuration, flag: "--cluster-signing-duration") > .zero else {
            throw ValidationError("--cluster-signing-duration: \(clusterSigningDuration) is no time")
        }
        guard (1...1000).contains(maxEndpointsPerSlice) else {
            throw ValidationError("--max-endpoints-per-slice: \(maxEndpointsPerSlice) is not within 1-1000")
        }
        let lifecycle = try nodeLifecycle()
        guard lifecycle.gracePeriod > lifecycle.monitorPeriod else {
            throw ValidationError("--node-monitor-grace-period must be greater than --node-monitor-period")
        }
    }

    /// - Parameters:
    ///   - clusterCIDR: ranges of pods' addresses, separated by commas.
    ///   - allocates: whether nodes get parts of them in any case.
    ///   - authorityPEM: certificates of the API server for pods; nil: none are published.
    func settings(
        clusterCIDR: String?, allocates: Bool = false, authorityPEM: String?
    ) throws -> ControlPlane.Settings {
        var settings = ControlPlane.Settings()
        settings.endpointSlices.maximumEndpointsPerSlice = maxEndpointsPerSlice
        settings.nodeLifecycle = try nodeLifecycle()
        settings.authorityPEM = authorityPEM
        settings.certificateDuration = try DurationText.parse(
            clusterSigningDuration, flag: "--cluster-signing-duration")
        if let loadBalancerAddresses {
            do {
                settings.loadBalancerPool = try AddressPool(
                    loadBalancerAddresses.split(separator: ",").map(String.init))
            } catch {
                throw ValidationError("--load-balancer-addresses: \(error)")
            }
        }
        if allocatesNodeCIDRs || allocates { settings.nodeCIDRs = try nodeCIDRs(clusterCIDR ?? "") }
        return settings
    }

    private func nodeLifecycle() throws -> NodeLifecycleConfiguration {
        var configuration = NodeLifecycleConfiguration()
        configuration.gracePeriod = try DurationText.parse(nodeMonitorGracePeriod, flag: "--node-monitor-grace-period")
        configuration.monitorPeriod = try DurationText.parse(nodeMonitorPeriod, flag: "--node-monitor-period")
        return configuration
    }

    private func nodeCIDRs(_ clusterCIDR: String) throws -> [ClusterCIDR] {
        let texts = clusterCIDR.split(separator: ",")
        guard !texts.isEmpty else { throw ValidationError("--allocate-node-cidrs needs --cluster-cidr") }
        return try texts.map { text in
            guard let network = IPNetwork(String(text)) else {
                throw ValidationError("--cluster-cidr: \"\(text)\" is not a CIDR such as 10.244.0.0/16")
            }
            do {
                return try ClusterCIDR(
                    network, nodeMaskSize: network.family == .ipv4 ? nodeMaskSizeIPv4 : nodeMaskSizeIPv6)
            } catch {
                throw ValidationError("--cluster-cidr: \(error)")
            }
        }
    }
}
