import APITesting
import JSONStream
import Testing

@testable import APIPods

/// A Pod with defaults, named `p` in namespace `t`, from the text of its spec.
func pod(_ spec: String) throws -> JSONValue {
    try decoded(#"{"metadata":{"name":"p"},"spec":\#(spec)}"#, .pods)
}

/// A pod of one container, with further fields of the container.
func container(_ fields: String) throws -> JSONValue {
    try pod(#"{"containers":[{"name":"c","image":"i"\#(fields.isEmpty ? "" : ",")\#(fields)}]}"#)
}

/// A pod of one container, with further fields of the spec.
func spec(_ fields: String) throws -> JSONValue {
    try pod(#"{"containers":[{"name":"c","image":"i"}],\#(fields)}"#)
}

@Suite struct PodValidationTests {
    @Test(
        arguments: [
            ("", []), (#""ports":[{"containerPort":80}]"#, []),
            (
                #""ports":[{"containerPort":0},{"containerPort":70000},{"name":"UPPER","containerPort":1}]"#,
                [
                    "Required spec.containers[0].ports[0].containerPort",
                    "Invalid spec.containers[0].ports[1].containerPort",
                    "Invalid spec.containers[0].ports[2].name", "Invalid spec.containers[0].ports[2].name",
                ]
            ),
            (
                #""ports":[{"name":"a","containerPort":1},{"name":"a","containerPort":2,"protocol":"X"}]"#,
                [
                    "Duplicate spec.containers[0].ports[1].name", "NotSupported spec.containers[0].ports[1].protocol",
                ]
            ),
            (
                #""ports":[{"containerPort":1,"hostPort":5},{"containerPort":2,"hostPort":5}]"#,
                [
                    "Duplicate spec.containers[0].ports[1].hostPort"
                ]
            ),
            (
                #""env":[{"name":""},{"name":"a=b"},{"name":"A","valueFrom":{}}]"#,
                [
                    "Required spec.containers[0].env[0].name", "Invalid spec.containers[0].env[1].name",
                    "Invalid spec.containers[0].env[2].valueFrom",
                ]
            ),
            (
                #""env":[{"name":"A","value":"x","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]"#,
                [
                    "Invalid spec.containers[0].env[0].valueFrom"
                ]
            ),
            (
                #""env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"status.phase"}}}]"#,
                [
                    "NotSupported spec.containers[0].env[0].valueFrom.fieldRef.fieldPath"
                ]
            ),
            (
                #""env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a/b/c']"}}}]"#,
                [
                    "Invalid spec.containers[0].env[0].valueFrom.fieldRef"
                ]
            ),
            (
                #""env":[{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"2"}}}]"#,
                [
                    "Invalid spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor"
                ]
            ),
            (
                #""env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"a","key":".."}}}]"#,
                [
                    "Invalid spec.containers[0].env[0].valueFrom.configMapKeyRef.key"
                ]
            ),
            (
                #""envFrom":[{},{"configMapRef":{"name":""}}]"#,
                [
                    "Invalid spec.containers[0].envFrom", "Required spec.containers[0].envFrom[1].configMapRef.name",
                ]
            ),
            (
                #""volumeMounts":[{"name":"v","mountPath":"/a"}]"#,
                [
                    "NotFound spec.containers[0].volumeMounts[0].name"
                ]
            ),
            (
                #""imagePullPolicy":"Sometimes","terminationMessagePolicy":"x""#,
                [
                    "NotSupported spec.containers[0].terminationMessagePolicy",
                    "NotSupported spec.containers[0].imagePullPolicy",
                ]
            ),
            (
                #""resources":{"limits":{"cpu":"1","x":"1","a.b/c":"1.5"},"requests":{"cpu":"2"}}"#,
                [
                    "Invalid spec.containers[0].resources.limits[a.b/c]",
                    "Invalid spec.containers[0].resources.limits[x]",
                    "Invalid spec.containers[0].resources.limits[x]",
                    "Invalid spec.containers[0].resources.requests[a.b/c]",
                    "Invalid spec.containers[0].resources.requests", "Invalid spec.containers[0].resources.requests[x]",
                    "Invalid spec.containers[0].resources.requests[x]",
                ]
            ),
            (
                #""resources":{"requests":{"hugepages-2Mi":"3Mi"}}"#,
                [
                    "Invalid spec.containers[0].resources.requests[hugepages-2Mi]",
                    "Required spec.containers[0].resources.limits", "Forbidden spec.containers[0].resources",
                ]
            ),
            (
                #""livenessProbe":{"successThreshold":2}"#,
                [
                    "Required spec.containers[0].livenessProbe",
                    "Invalid spec.containers[0].livenessProbe.successThreshold",
                ]
            ),
            (
                #""readinessProbe":{"exec":{},"httpGet":{"port":0,"scheme":"X"},"terminationGracePeriodSeconds":0}"#,
                [
                    "Required spec.containers[0].readinessProbe.exec.command",
                    "Forbidden spec.containers[0].readinessProbe.httpGet",
                    "Invalid spec.containers[0].readinessProbe.terminationGracePeriodSeconds",
                    "Invalid spec.containers[0].readinessProbe.terminationGracePeriodSeconds",
                ]
            ),
            (
                #""startupProbe":{"httpGet":{"port":"no-letters-and-too-long","httpHeaders":[{"name":"a b"}]},"timeoutSeconds":-1}"#,
                [
                    "Invalid spec.containers[0].startupProbe.httpGet.port",
                    "Invalid spec.containers[0].startupProbe.httpGet.httpHeaders",
                    "Invalid spec.containers[0].startupProbe.timeoutSeconds",
                ]
            ),
            (
                #""lifecycle":{"preStop":{"sleep":{"seconds":31}},"postStart":{}}"#,
                [
                    "Required spec.containers[0].lifecycle.postStart",
                    "Invalid spec.containers[0].lifecycle.preStop.sleep",
                ]
            ),
            (
                #""securityContext":{"runAsUser":-1,"procMount":"X","privileged":true,"allowPrivilegeEscalation":false}"#,
                [
                    "Invalid spec.containers[0].securityContext.runAsUser",
                    "NotSupported spec.containers[0].securityContext.procMount",
                    "Invalid spec.containers[0].securityContext",
                ]
            ),
            (
                #""securityContext":{"seccompProfile":{"type":"Localhost"},"appArmorProfile":{}}"#,
                [
                    "Required spec.containers[0].securityContext.seccompProfile.localhostProfile",
                    "Required spec.containers[0].securityContext.appArmorProfile.type",
                ]
            ),
            (
                #""resizePolicy":[{"resourceName":"cpu","restartPolicy":""},{"resourceName":"cpu","restartPolicy":"x"}]"#,
                [
                    "Required spec.containers[0].resizePolicy", "Duplicate spec.containers[0].resizePolicy[1]",
                    "NotSupported spec.containers[0].resizePolicy",
                ]
            ),
            (#""restartPolicyRules":[{}]"#, ["Required spec.containers[0].restartPolicy"]),
        ] as [(String, [String])])
    func containers(fields: String, expected: [String]) throws {
        #expect(brief(PodStrategy().validateCreate(try container(fields), dualStack)) == expected)
    }

    @Test(
        arguments: [
            (#""initContainers":[{"name":"c","image":"j"}]"#, ["Duplicate spec.initContainers[0].name"]),
            (
                #""initContainers":[{"name":"d","image":"j","livenessProbe":{"exec":{"command":["x"]}}}]"#,
                [
                    "Forbidden spec.initContainers[0].livenessProbe"
                ]
            ),
            (
                #""initContainers":[{"name":"d","image":"j","restartPolicy":"Always","livenessProbe":{"exec":{"command":["x"]}}}]"#,
                []
            ),
            (#""ephemeralContainers":[{"name":"e","image":"j"}]"#, ["Forbidden spec.ephemeralContainers"]),
            (
                #""ephemeralContainers":[{"name":"c","image":" j","ports":[{"containerPort":1}],"targetContainerName":"x"}]"#,
                [
                    "Invalid spec.ephemeralContainers[0].image", "Duplicate spec.ephemeralContainers[0].name",
                    "NotFound spec.ephemeralContainers[0].targetContainerName",
                    "Forbidden spec.ephemeralContainers[0].ports",
                    "Forbidden spec.ephemeralContainers",
                ]
            ),
            (
                #""restartPolicy":"x","dnsPolicy":"None""#,
                [
                    "NotSupported spec.restartPolicy", "Required spec.dnsConfig",
                ]
            ),
            (
                #""dnsPolicy":"None","dnsConfig":{"nameservers":["1.1.1.1","x","3","4"],"searches":["-"],"options":[{}]}"#,
                [
                    "Invalid spec.dnsConfig.nameservers", "Invalid spec.dnsConfig.nameservers[1]",
                    "Invalid spec.dnsConfig.nameservers[2]", "Invalid spec.dnsConfig.nameservers[3]",
                    "Invalid spec.dnsConfig.searches[0]", "Required spec.dnsConfig.options[0]",
                ]
            ),
            (#""nodeSelector":{"-":"x y"}"#, ["Invalid spec.nodeSelector", "Invalid spec.nodeSelector"]),
            (
                #""nodeName":"A","hostname":"a.b","subdomain":"-","activeDeadlineSeconds":0,"serviceAccountName":"-""#,
                [
                    "Invalid spec.serviceAccountName", "Invalid spec.nodeName", "Invalid spec.activeDeadlineSeconds",
                    "Invalid spec.hostname", "Invalid spec.subdomain",
                ]
            ),
            (
                #""tolerations":[{"operator":"Equal"},{"key":"a","effect":"X"},{"key":"a","operator":"Exists","value":"b","tolerationSeconds":1}]"#,
                [
                    "Invalid spec.tolerations[0].operator", "NotSupported spec.tolerations[1].effect",
                    "Invalid spec.tolerations[2].effect", "Invalid spec.tolerations[2].operator",
                ]
            ),
            (
                #""hostAliases":[{"ip":"x","hostnames":["-"]}]"#,
                [
                    "Invalid spec.hostAliases[0].ip", "Invalid spec.hostAliases[0].hostnames[0]",
                ]
            ),
            (
                #""schedulingGates":[{"name":"a"},{"name":"a"}],"nodeName":"n","readinessGates":[{"conditionType":"-"}]"#,
                [
                    "Invalid spec.readinessGates[0].conditionType", "Duplicate spec.schedulingGates[1]",
                    "Forbidden spec.nodeName",
                ]
            ),
            (
                #""topologySpreadConstraints":[{"maxSkew":0,"topologyKey":"","whenUnsatisfiable":"x","minDomains":0,"matchLabelKeys":["-"]}]"#,
                [
                    "Invalid spec.topologySpreadConstraints[0].maxSkew",
                    "Required spec.topologySpreadConstraints[0].topologyKey",
                    "NotSupported spec.topologySpreadConstraints[0].whenUnsatisfiable",
                    "Invalid spec.topologySpreadConstraints[0].minDomains",
                    "Invalid spec.topologySpreadConstraints[0].minDomains",
                    "Forbidden spec.topologySpreadConstraints[0].matchLabelKeys",
                    "Invalid spec.topologySpreadConstraints[0].matchLabelKeys[0]",
                ]
            ),
            (
                #""affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{}}}"#,
                [
                    "Required spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
                ]
            ),
            (
                #""affinity":{"podAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":0,"podAffinityTerm":{"namespaces":["A"]}}]}}"#,
                [
                    "Invalid spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
                    "Invalid spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.namespace",
                    "Required spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey",
                    "Invalid spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey",
                    "Invalid spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey",
                ]
            ),
            (
                #""securityContext":{"sysctls":[{"name":"net.x","value":"1"},{"name":"A","value":""}],"fsGroup":-1},"hostNetwork":true"#,
                [
                    "Invalid spec.securityContext.fsGroup", "Invalid spec.securityContext.sysctls[0].name",
                    "Invalid spec.securityContext.sysctls[1].name",
                ]
            ),
            (
                #""hostUsers":false,"hostNetwork":true,"hostPID":true"#,
                ["Forbidden spec.hostNetwork", "Forbidden spec.HostPID"]
            ),
            (
                #""os":{"name":"windows"},"hostPID":true,"securityContext":{"runAsUser":1}"#,
                [
                    "Forbidden spec.securityContext.runAsUser", "Forbidden spec.hostPID",
                ]
            ),
            (#""os":{"name":"x"}"#, ["NotSupported spec.os"]),
            (
                #""resources":{"limits":{"storage":"1"},"claims":[{"name":"a"}]}"#,
                [
                    "Forbidden spec.resources.claims", "NotSupported spec.resources.limits[storage]",
                    "NotFound spec.resources.claims[0]",
                ]
            ),
            (
                #""preemptionPolicy":"x","runtimeClassName":"-""#,
                ["Invalid spec.runtimeClassName", "NotSupported spec.preemptionPolicy"]
            ),
        ] as [(String, [String])])
    func specs(fields: String, expected: [String]) throws {
        #expect(brief(PodStrategy().validateCreate(try spec(fields), dualStack)) == expected)
    }

    @Test(
        arguments: [
            (#"{"name":"v","mountPath":"/a","subPath":"/x"}"#, ["Invalid spec.containers[0].volumeMounts.subPath"]),
            (
                #"{"name":"v","mountPath":"/a","mountPropagation":"Bidirectional"}"#,
                [
                    "Forbidden spec.containers[0].volumeMounts.mountPropagation"
                ]
            ),
            (
                #"{"name":"v","mountPath":"/a","recursiveReadOnly":"Enabled"}"#,
                [
                    "Forbidden spec.containers[0].volumeMounts.recursiveReadOnly"
                ]
            ),
            (
                #"{"name":"v","mountPath":""},{"name":"v","mountPath":""}"#,
                [
                    "Required spec.containers[0].volumeMounts[0].mountPath",
                    "Required spec.containers[0].volumeMounts[1].mountPath",
                    "Invalid spec.containers[0].volumeMounts[1].mountPath",
                ]
            ),
        ] as [(String, [String])])
    func mounts(mounts: String, expected: [String]) throws {
        let object = try pod(
            #"{"containers":[{"name":"c","image":"i","volumeMounts":[\#(mounts)]}],"volumes":[{"name":"v","emptyDir":{}}]}"#
        )
        #expect(brief(PodStrategy().validateCreate(object, dualStack)) == expected)
    }

    @Test func withoutContainers() throws {
        #expect(brief(PodStrategy().validateCreate(try pod("{}"), dualStack)) == ["Required spec.containers"])
    }

    @Test func annotations() throws {
        var object = try container("")
        object[path: "metadata", "annotations"] = [
            "kubernetes.io/config.mirror": "x", "controller.kubernetes.io/pod-deletion-cost": "+1",
        ]
        #expect(
            brief(PodStrategy().validateCreate(object, dualStack)) == [
                "Invalid metadata.annotations[kubernetes.io/config.mirror]",
                "Invalid metadata.annotations[controller.kubernetes.io/pod-deletion-cost]",
            ])
    }

    @Test(
        arguments: [
            (#"{"containers":[{"name":"c","image":"j"}]}"#, []),
            (
                #"{"containers":[{"name":"c","image":""}]}"#,
                [
                    "Required spec.containers[0].image", "Required spec.containers[0].image", "Forbidden spec",
                ]
            ),
            (#"{"containers":[{"name":"c","image":"i"},{"name":"d","image":"i"}]}"#, ["Forbidden spec.containers"]),
            (#"{"containers":[{"name":"c","image":"i","args":["x"]}]}"#, ["Forbidden spec"]),
            (#"{"containers":[{"name":"c","image":"i"}],"activeDeadlineSeconds":50}"#, []),
            (
                #"{"containers":[{"name":"c","image":"i"}],"activeDeadlineSeconds":200}"#,
                [
                    "Invalid spec.activeDeadlineSeconds"
                ]
            ),
            (
                #"{"containers":[{"name":"c","image":"i"}],"tolerations":[{"key":"a","operator":"Exists"},{"key":"b","operator":"Exists"}]}"#,
                []
            ),
            (#"{"containers":[{"name":"c","image":"i"}],"tolerations":[]}"#, ["Forbidden spec.tolerations"]),
            (#"{"containers":[{"name":"c","image":"i"}],"schedulingGates":[{"name":"x"}]}"#, []),
            (
                #"{"containers":[{"name":"c","image":"i"}],"schedulingGates":[{"name":"z"}]}"#,
                [
                    "Forbidden spec.schedulingGates[0].name"
                ]
            ),
            (#"{"containers":[{"name":"c","image":"i"}],"nodeSelector":{"a":"b","c":"d"}}"#, []),
            (#"{"containers":[{"name":"c","image":"i"}],"nodeSelector":{"a":"x"}}"#, ["Invalid spec.nodeSelector"]),
            (#"{"containers":[{"name":"c","image":"i"}],"terminationGracePeriodSeconds":5}"#, ["Forbidden spec"]),
        ] as [(String, [String])])
    func updates(changed: String, expected: [String]) throws {
        let base: JSONValue = JSONValue(
            text: """
                {"activeDeadlineSeconds":100,"tolerations":[{"key":"a","operator":"Exists"}],
                "schedulingGates":[{"name":"x"},{"name":"y"}],"nodeSelector":{"a":"b"}}
                """)
        let old = try pod(
            #"{"containers":[{"name":"c","image":"i"}],"activeDeadlineSeconds":100,"tolerations":[{"key":"a","operator":"Exists"}],"schedulingGates":[{"name":"x"},{"name":"y"}],"nodeSelector":{"a":"b"}}"#
        )
        var spec = JSONValue(text: changed)
        for (field, value) in base.objectValue ?? [:] where spec[field] == nil { spec[field] = value }
        #expect(brief(PodStrategy().validateUpdate(try pod(spec.written), old: old, dualStack)) == expected)
    }

    @Test(
        arguments: [
            (#"{"qosClass":"Burstable"}"#, ["Invalid status.qosClass"]),
            (#"{"podIPs":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}]}"#, ["Invalid status.podIPs"]),
            (#"{"podIPs":[{"ip":"x"}]}"#, ["Invalid status.podIPs[0]"]),
            (#"{"hostIP":"10.0.0.1","hostIPs":[{"ip":"10.0.0.2"}]}"#, ["Invalid status.hostIPs[0].ip"]),
            (
                #"{"containerStatuses":[{"name":"c","state":{"running":{}}}]}"#,
                [
                    "Forbidden status.containerStatuses[0].state"
                ]
            ),
            (#"{"nominatedNodeName":"-"}"#, ["Invalid status.nominatedNodeName"]),
            (#"{"conditions":[{"type":"-","status":"True"}]}"#, ["Invalid metadata.conditions[0].Type"]),
        ] as [(String, [String])])
    func statusUpdates(status: String, expected: [String]) throws {
        var old = try pod(#"{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}"#)
        old["status"] = JSONValue(
            text:
                #"{"phase":"Running","qosClass":"BestEffort","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":0}}}]}"#
        )
        var new = old
        for (field, value) in JSONValue(text: status).objectValue ?? [:] { new[path: "status", field] = value }
        PodStrategy().prepareForStatusUpdate(&new, old: old)
        #expect(brief(PodStrategy().validateStatusUpdate(new, old: old)) == expected)
    }
}
