internal import ServiceModel

extension ServicePortState {
    /// Whether a virtual server for these endpoints needs a scheduler with weights: also where they are equal just now, if they
    /// may differ later. While IPVS changes the scheduler of one it refuses new connections (ip_vs_edit_service in
    /// net/netfilter/ipvs/ip_vs_ctl.c).
    func needsWeights(_ list: EndpointList) -> Bool { service.sharesVary || !choices(list).haveEqualWeights }
}
