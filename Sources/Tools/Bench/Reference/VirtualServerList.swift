import NetworkAddress

/// Virtual servers as `ipvsadm --save --numeric` writes them, as upstream's ipvs mode makes them: one for each service port, taking
/// turns, endpoints translated.
struct VirtualServerList {
    private let workload: Workload

    init(_ workload: Workload) {
        self.workload = workload
    }

    var text: String {
        var text = ""
        for port in ServicePorts(workload) {
            let option = port.transport == "tcp" ? "-t" : "-u"
            let server = "\(option) \(port.clusterIP):\(Workload.servicePort)"
            text += "-A \(server) -s rr\n"
            for endpoint in port.endpoints { text += "-a \(server) -r \(endpoint) -m -w 1\n" }
        }
        return text
    }
}
