import AddressAnnouncement
import ArgumentParser
import KubeClient
import Logging
import NetworkAddress

/// Whether addresses of load balancers answer on this host's links.
struct AnnouncingOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Announce the addresses of Services of type LoadBalancer on the local network, by ARP and neighbour "
                + "advertisements; of all nodes with this flag, one announces each address."))
    var announceLoadBalancers = false

    /// Until the task is cancelled.
    func run(_ client: KubeClient, _ name: String, _ addresses: [IPAddress]) async throws {
        guard announceLoadBalancers else {
            while true { try await Task.sleep(for: .seconds(86_400)) }
        }
        await AddressAnnouncer(
            client: client, nodeName: name, addresses: addresses, logger: Logger(label: "announcer")
        ).run()
    }
}
