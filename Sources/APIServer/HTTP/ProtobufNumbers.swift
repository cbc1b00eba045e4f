/// Field numbers of the API's protobuf messages (generated.proto of k8s.io/api and k8s.io/apimachinery), by message and
/// field name. Messages that no client sends are left out.
enum ProtobufNumbers {
    static func fields(of message: String) -> [UInt64: String] { byMessage[message] ?? [:] }

    private static let byMessage: [String: [UInt64: String]] = texts.mapValues { text in
        var numbers: [UInt64: String] = [:]
        for pair in text.split(separator: " ") {
            let sides = pair.split(separator: "=")
            if sides.count == 2, let number = UInt64(sides[1]) { numbers[number] = String(sides[0]) }
        }
        return numbers
    }

    private static let texts: [String: String] = [
        "ObjectMeta": """
        name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7 creationTimestamp=8 \
        deletionTimestamp=9 deletionGracePeriodSeconds=10 labels=11 annotations=12 ownerReferences=13 finalizers=14
        """,
        "OwnerReference": "kind=1 name=3 uid=4 apiVersion=5 controller=6 blockOwnerDeletion=7",
        "Condition": "type=1 status=2 observedGeneration=3 lastTransitionTime=4 reason=5 message=6",
        "ObjectReference": "kind=1 namespace=2 name=3 uid=4 apiVersion=5 resourceVersion=6 fieldPath=7",
        "Namespace": "metadata=1 spec=2 status=3",
        "NamespaceSpec": "finalizers=1",
        "NamespaceStatus": "phase=1 conditions=2",
        "Service": "metadata=1 spec=2 status=3",
        "ServiceSpec": """
        ports=1 selector=2 clusterIP=3 type=4 externalIPs=5 sessionAffinity=7 loadBalancerIP=8 \
        loadBalancerSourceRanges=9 externalName=10 externalTrafficPolicy=11 healthCheckNodePort=12 \
        publishNotReadyAddresses=13 sessionAffinityConfig=14 ipFamilyPolicy=17 clusterIPs=18 ipFamilies=19 \
        allocateLoadBalancerNodePorts=20 loadBalancerClass=21 internalTrafficPolicy=22 trafficDistribution=23
        """,
        "ServicePort": "name=1 protocol=2 port=3 targetPort=4 nodePort=5 appProtocol=6",
        "SessionAffinityConfig": "clientIP=1",
        "ClientIPConfig": "timeoutSeconds=1",
        "ServiceStatus": "loadBalancer=1 conditions=2",
        "LoadBalancerStatus": "ingress=1",
        "LoadBalancerIngress": "ip=1 hostname=2 ipMode=3 ports=4",
        "PortStatus": "port=1 protocol=2 error=3",
        "Node": "metadata=1 spec=2 status=3",
        "NodeSpec": "podCIDR=1 externalID=2 providerID=3 unschedulable=4 taints=5 podCIDRs=7",
        "Taint": "key=1 value=2 effect=3 timeAdded=4",
        "NodeStatus": """
        capacity=1 allocatable=2 phase=3 conditions=4 addresses=5 daemonEndpoints=6 nodeInfo=7 volumesInUse=9 \
        declaredFeatures=14
        """,
        "NodeCondition": "type=1 status=2 lastHeartbeatTime=3 lastTransitionTime=4 reason=5 message=6",
        "NodeAddress": "type=1 address=2",
        "NodeDaemonEndpoints": "kubeletEndpoint=1",
        "DaemonEndpoint": "Port=1",
        "NodeSystemInfo": """
        machineID=1 systemUUID=2 bootID=3 kernelVersion=4 osImage=5 containerRuntimeVersion=6 kubeletVersion=7 \
        kubeProxyVersion=8 operatingSystem=9 architecture=10
        """,
        "EndpointSlice": "metadata=1 endpoints=2 ports=3 addressType=4",
        "Endpoint": "addresses=1 conditions=2 hostname=3 targetRef=4 deprecatedTopology=5 nodeName=6 zone=7 hints=8",
        "EndpointConditions": "ready=1 serving=2 terminating=3",
        "EndpointHints": "forZones=1 forNodes=2",
        "ForZone": "name=1",
        "ForNode": "name=1",
        "EndpointPort": "name=1 protocol=2 port=3 appProtocol=4",
        "Lease": "metadata=1 spec=2",
        "LeaseSpec": """
        holderIdentity=1 leaseDurationSeconds=2 acquireTime=3 renewTime=4 leaseTransitions=5 strategy=6 \
        preferredHolder=7
        """,
        "ServiceCIDR": "metadata=1 spec=2 status=3",
        "ServiceCIDRSpec": "cidrs=1",
        "ServiceCIDRStatus": "conditions=1",
        "CoreEvent": """
        metadata=1 involvedObject=2 reason=3 message=4 source=5 firstTimestamp=6 lastTimestamp=7 count=8 type=9 \
        eventTime=10 series=11 action=12 related=13 reportingComponent=14 reportingInstance=15
        """,
        "GroupEvent": """
        metadata=1 eventTime=2 series=3 reportingController=4 reportingInstance=5 action=6 reason=7 regarding=8 \
        related=9 note=10 type=11 deprecatedSource=12 deprecatedFirstTimestamp=13 deprecatedLastTimestamp=14 \
        deprecatedCount=15
        """,
        "EventSource": "component=1 host=2",
        "EventSeries": "count=1 lastObservedTime=2",
        "DeleteOptions": "gracePeriodSeconds=1 preconditions=2 propagationPolicy=4 dryRun=5",
        "Preconditions": "uid=1 resourceVersion=2",
    ]
}
