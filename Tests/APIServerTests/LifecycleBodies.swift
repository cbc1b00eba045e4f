/// The least that an object of each kind must say, besides its name. What is not here needs nothing.
enum LifecycleBodies {
    private static let template =
        #"{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
    private static let workload = #""spec":{"selector":{"matchLabels":{"app":"a"}},"template":\#(template)}"#
    private static let webhook =
        #""webhooks":[{"name":"a.b.c","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"url":"https://x"}}]"#
    private static let policyMatch = #""matchConstraints":{"resourceRules":[]}"#

    static let texts: [String: String] = [
        "services": #""spec":{"ports":[{"port":80}]}"#,
        "events": #""involvedObject":{"kind":"Pod","namespace":"t","name":"p"},"reason":"r","type":"Normal""#,
        "events.events.k8s.io":
            #""eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"a.b/c","reportingInstance":"i","action":"a","reason":"r","type":"Normal","regarding":{"kind":"Pod","namespace":"t","name":"p"}"#,
        "endpointslices.discovery.k8s.io": #""addressType":"IPv4","endpoints":[]"#,
        "servicecidrs.networking.k8s.io": #""spec":{"cidrs":["10.200.0.0/24"]}"#,
        "leases.coordination.k8s.io": #""spec":{"holderIdentity":"a","leaseDurationSeconds":10}"#,
        "pods": #""spec":{"containers":[{"name":"c","image":"i"}]}"#,
        "podtemplates": #""template":\#(template)"#,
        "replicationcontrollers": #""spec":{"replicas":0,"selector":{"app":"a"},"template":\#(template)}"#,
        "persistentvolumes":
            #""spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"}}"#,
        "persistentvolumeclaims":
            #""spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}"#,
        "limitranges": #""spec":{"limits":[{"type":"Container","max":{"cpu":"1"}}]}"#,
        "resourcequotas": #""spec":{"hard":{"pods":"1"}}"#,
        "deployments.apps": workload, "replicasets.apps": workload, "daemonsets.apps": workload,
        "statefulsets.apps":
            #""spec":{"serviceName":"s","selector":{"matchLabels":{"app":"a"}},"template":\#(template)}"#,
        "controllerrevisions.apps": #""revision":1,"data":{"a":1}"#,
        "jobs.batch":
            #""spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}"#,
        "cronjobs.batch":
            #""spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}"#,
        "poddisruptionbudgets.policy": #""spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"a"}}}"#,
        "ipaddresses.networking.k8s.io":
            #""spec":{"parentRef":{"group":"","resource":"services","namespace":"t","name":"s"}}"#,
        "ingresses.networking.k8s.io":
            #""spec":{"defaultBackend":{"service":{"name":"s","port":{"number":80}}}}"#,
        "ingressclasses.networking.k8s.io": #""spec":{"controller":"a.b/c"}"#,
        "networkpolicies.networking.k8s.io": #""spec":{"podSelector":{}}"#,
        "priorityclasses.scheduling.k8s.io": #""value":10"#,
        "runtimeclasses.node.k8s.io": #""handler":"h""#,
        "storageclasses.storage.k8s.io": #""provisioner":"a.b/c""#,
        "csinodes.storage.k8s.io": #""spec":{"drivers":[]}"#,
        "csidrivers.storage.k8s.io": #""spec":{}"#,
        "csistoragecapacities.storage.k8s.io": #""storageClassName":"s""#,
        "volumeattachments.storage.k8s.io":
            #""spec":{"attacher":"a","nodeName":"n","source":{"persistentVolumeName":"p"}}"#,
        "volumeattributesclasses.storage.k8s.io": #""driverName":"a.b","parameters":{"a":"b"}"#,
        "rolebindings.rbac.authorization.k8s.io":
            #""roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[]"#,
        "clusterrolebindings.rbac.authorization.k8s.io":
            #""roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"r"},"subjects":[]"#,
        "mutatingwebhookconfigurations.admissionregistration.k8s.io": webhook,
        "validatingwebhookconfigurations.admissionregistration.k8s.io": webhook,
        "validatingadmissionpolicies.admissionregistration.k8s.io":
            #""spec":{\#(policyMatch),"validations":[{"expression":"true"}]}"#,
        "validatingadmissionpolicybindings.admissionregistration.k8s.io":
            #""spec":{"policyName":"p","validationActions":["Deny"]}"#,
        "mutatingadmissionpolicies.admissionregistration.k8s.io":
            #""spec":{\#(policyMatch),"reinvocationPolicy":"Never","mutations":[]}"#,
        "mutatingadmissionpolicybindings.admissionregistration.k8s.io": #""spec":{"policyName":"p"}"#,
        "customresourcedefinitions.apiextensions.k8s.io":
            #""spec":{"group":"x.io","scope":"Namespaced","names":{"plural":"toys","kind":"Toy"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}"#,
        "apiservices.apiregistration.k8s.io":
            #""spec":{"group":"x.io","version":"v1","groupPriorityMinimum":100,"versionPriority":10,"service":{"namespace":"t","name":"s"}}"#,
        "horizontalpodautoscalers.autoscaling":
            #""spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"d","apiVersion":"apps/v1"}}"#,
        "certificatesigningrequests.certificates.k8s.io":
            #""spec":{"request":"\#(request)","signerName":"a.b/c","usages":["client auth"]}"#,
        "flowschemas.flowcontrol.apiserver.k8s.io":
            #""spec":{"priorityLevelConfiguration":{"name":"p"},"rules":[]}"#,
        "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io":
            #""spec":{"type":"Limited","limited":{"limitResponse":{"type":"Reject"}}}"#,
        "deviceclasses.resource.k8s.io": #""spec":{}"#, "resourceclaims.resource.k8s.io": #""spec":{"devices":{}}"#,
        "resourceclaimtemplates.resource.k8s.io": #""spec":{"spec":{"devices":{}}}"#,
        "resourceslices.resource.k8s.io":
            #""spec":{"driver":"a.b","nodeName":"n","pool":{"name":"p","generation":1,"resourceSliceCount":1}}"#,
    ]

    /// Kinds whose names must be of another form than `a`.
    static let names: [String: String] = [
        "ipaddresses.networking.k8s.io": "10.96.3.3", "customresourcedefinitions.apiextensions.k8s.io": "toys.x.io",
        "apiservices.apiregistration.k8s.io": "v1.x.io", "priorityclasses.scheduling.k8s.io": "low",
    ]

    /// A CERTIFICATE REQUEST in PEM, as base 64.
    private static let request = [
        "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWU1IOENBUUF3SFRFTU1Bb0dBMVVFQ2d3RFpHVjJNUTB3Q3dZ",
        "RFZRUUREQVIxYzJWeU1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV5a0ozb21ZRXdoUmJCQkNkZUhMcFVaL09P",
        "VlRPTVQ5WndHd1c2OTZtCkJhQ1pzRzFSWm5ZL1c3ZGd0TVRDdGhqU2xBL2FkVjFrMG1rS2RwaVZ3ekVIUktBQU1Bb0dDQ3FHU000",
        "OUJBTUMKQTBrQU1FWUNJUUNDMVZvZ0ppdXBOa3g5TVpsSklxZU01OXM0eEtvSHhTNjVTRWdoUlM2NzZBSWhBSU1GN1QzSApiU05y",
        "Tk9WWUJ6VTBNdTBsQ1g2dVZYeGZqTFEzbnhoM2YyUTEKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==",
    ].joined()
}
