import Dataplane
import HostInspection
package import KubeAPI
import LinuxSystem
import Netlink
import NetworkAddress
package import ProxyConfiguration
package import ProxyServer

extension ClusterFacts {
    /// Uses this host's addresses and routes.
    package init(
        nodeName: String, settings: ProxySettings, services: [Service], slices: [EndpointSlice], nodes: [Node],
        serviceCIDRs: [ServiceCIDR], pods: [Pod], shares: ProxyStatus.Shares? = nil
    ) {
        let addresses = HostReader.observe { () throws(SystemError) in
            try InterfaceAddresses.current(except: Backend.allCases.flatMap(\.devices))
        }
        self.init(
            nodeName: nodeName, settings: settings,
            families: KernelFile.exists("/proc/net/if_inet6") ? [.ipv4, .ipv6] : [.ipv4], services: services,
            slices: slices, nodes: nodes, serviceCIDRs: serviceCIDRs, pods: pods,
            shares: shares, localAddresses: addresses.value ?? [], device: { HostPath.device(of: $0) })
    }
}
