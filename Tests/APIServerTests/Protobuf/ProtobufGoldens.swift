import JSONStream
import Testing

/// Messages with every field set, encoded by protoc's Python runtime from the descriptions that kubernetes/api and
/// kubernetes/apimachinery publish, and the JSON of the same objects.
enum ProtobufGoldens {
    struct Golden: Sendable, CustomTestStringConvertible {
        let apiVersion: String
        let kind: String
        let hex: String
        let json: String

        var testDescription: String { "\(apiVersion) \(kind)" }
        var bytes: [UInt8] { Hex.bytes(hex) }
        var value: JSONValue {
            get throws { try JSONValue(parsing: json.utf8.filter { $0 != UInt8(ascii: "\n") }) }
        }
    }

    static let all: [Golden] = [namespace, node, service, event, slice, groupEvent, serviceCIDR, lease, deleteOptions]

    static let namespace = Golden(
        apiVersion: "v1", kind: "Namespace",
        hex: """
            6b3873000a0f0a02763112094e616d65737061636512e0010aaa010a026e33120267341a026e35220273362a0275373202723838
            80808080a0024208088ae2cfaa0610004a08088be2cfaa061000508080808080035a0a0a036b31331203763134620a0a036b3135
            12037631366a180a036b31381a036e313922037532302a0361323130013801720366323472036632358a01310a036d323712036f
            32381a036132392208089ee2cfaa06100032036633313a0c0a0a7b22663a61223a7b7d7d4203733333120a0a036633350a036633
            361a250a03703338121e0a037434301203733431220808aae2cfaa0610002a0372343332036d34341a002200
            """,
        json: """
            {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"n3","generateName":"g4","namespace":"n5","self
            Link":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimestamp":"2023-11-14T22
            :13:30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":103079215104,"labels":{
            "k13":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n19","uid":"u20","apiV
            ersion":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25"],"managedFields":[
            {"manager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z","fieldsType":"f31","
            fieldsV1":{"f:a":{}},"subresource":"s33"}]},"spec":{"finalizers":["f35","f36"]},"status":{"phase":"p38",
            "conditions":[{"type":"t40","status":"s41","lastTransitionTime":"2023-11-14T22:14:02Z","reason":"r43","m
            essage":"m44"}]}}
            """)

    static let node = Golden(
        apiVersion: "v1", kind: "Node",
        hex: """
            6b3873000a0a0a02763112044e6f646512d5040aaa010a026e33120267341a026e35220273362a027537320272383880808080a0
            024208088ae2cfaa0610004a08088be2cfaa061000508080808080035a0a0a036b31331203763134620a0a036b31351203763136
            6a180a036b31381a036e313922037532302a0361323130013801720366323472036632358a01310a036d323712036f32381a0361
            32392208089ee2cfaa06100032036633313a0c0a0a7b22663a61223a7b7d7d420373333312530a0370333512036533361a037033
            3720012a190a036b343012037634311a03653432220808abe2cfaa061000321b12190a036e343612036e34371a03753438220372
            34392a036b35303a037035313a037035321ad0020a0d0a036b353412060a0435354d69120d0a036b353612060a0435374d691a03
            70353822280a0374363012037336311a0808bee2cfaa061000220808bfe2cfaa0610002a0372363432036d36352a0a0a03743637
            120361363832060a0408d8aa043a3b0a036d373312037337341a0362373522036b37362a036f373732036337383a036b37394203
            6b38304a036f383152036138325a070880808080801542110a036e38360a036e3837108080808080164a037638394a0376393052
            0a0a036e393212036439335a690a1d121b0a036e393712036e39381a037539392204723130302a046b3130311220121e0a046e31
            303412046e3130351a04753130362204723130372a046b3130381a20121e0a046e31313112046e3131321a047531313322047231
            31342a046b313135220465313136620c0a046e3131381204080110016a0208017204643132347204643132351a002200
            """,
        json: """
            {"kind":"Node","apiVersion":"v1","metadata":{"name":"n3","generateName":"g4","namespace":"n5","selfLink"
            :"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimestamp":"2023-11-14T22:13:3
            0Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":103079215104,"labels":{"k13"
            :"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n19","uid":"u20","apiVersio
            n":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25"],"managedFields":[{"man
            ager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z","fieldsType":"f31","field
            sV1":{"f:a":{}},"subresource":"s33"}]},"spec":{"podCIDR":"p35","externalID":"e36","providerID":"p37","un
            schedulable":true,"taints":[{"key":"k40","value":"v41","effect":"e42","timeAdded":"2023-11-14T22:14:03Z"
            }],"configSource":{"configMap":{"namespace":"n46","name":"n47","uid":"u48","resourceVersion":"r49","kube
            letConfigKey":"k50"}},"podCIDRs":["p51","p52"]},"status":{"capacity":{"k54":"55Mi"},"allocatable":{"k56"
            :"57Mi"},"phase":"p58","conditions":[{"type":"t60","status":"s61","lastHeartbeatTime":"2023-11-14T22:14:
            22Z","lastTransitionTime":"2023-11-14T22:14:23Z","reason":"r64","message":"m65"}],"addresses":[{"type":"
            t67","address":"a68"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":71000}},"nodeInfo":{"machineID":"m73
            ","systemUUID":"s74","bootID":"b75","kernelVersion":"k76","osImage":"o77","containerRuntimeVersion":"c78
            ","kubeletVersion":"k79","kubeProxyVersion":"k80","operatingSystem":"o81","architecture":"a82","swap":{"
            capacity":721554505728}},"images":[{"names":["n86","n87"],"sizeBytes":755914244096}],"volumesInUse":["v8
            9","v90"],"volumesAttached":[{"name":"n92","devicePath":"d93"}],"config":{"assigned":{"configMap":{"name
            space":"n97","name":"n98","uid":"u99","resourceVersion":"r100","kubeletConfigKey":"k101"}},"active":{"co
            nfigMap":{"namespace":"n104","name":"n105","uid":"u106","resourceVersion":"r107","kubeletConfigKey":"k10
            8"}},"lastKnownGood":{"configMap":{"namespace":"n111","name":"n112","uid":"u113","resourceVersion":"r114
            ","kubeletConfigKey":"k115"}},"error":"e116"},"runtimeHandlers":[{"name":"n118","features":{"recursiveRe
            adOnlyMounts":true,"userNamespaces":true}}],"features":{"supplementalGroupsPolicy":true},"declaredFeatur
            es":["d124","d125"]}}
            """)

    static let service = Golden(
        apiVersion: "v1", kind: "Service",
        hex: """
            6b3873000a0d0a02763112075365727669636512ad030aaa010a026e33120267341a026e35220273362a02753732027238388080
            8080a0024208088ae2cfaa0610004a08088be2cfaa061000508080808080035a0a0a036b31331203763134620a0a036b31351203
            7631366a180a036b31381a036e313922037532302a0361323130013801720366323472036632358a01310a036d323712036f3238
            1a036132392208089ee2cfaa06100032036633313a0c0a0a7b22663a61223a7b7d7d420373333312aa010a290a036e3336120370
            333718f0a8022209080110001a0373333928d8ffffffffffffffff013203613431120a0a036b343212037634331a036334342203
            7434352a036534362a036534373a0373343842036c34394a036c35304a036c353152036535325a0365353360f0a503680172060a
            040890c5038a01036935399201036336309201036336319a01036936329a0103693633a00101aa01036c3635b20103693636ba01
            037436371a510a280a260a0369373112036837321a03693733221508b5ffffffffffffffff0112037037361a0365373712250a03
            74373912037338301880808080a014220808d2e2cfaa0610002a0372383332036d38341a002200
            """,
        json: """
            {"kind":"Service","apiVersion":"v1","metadata":{"name":"n3","generateName":"g4","namespace":"n5","selfLi
            nk":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimestamp":"2023-11-14T22:1
            3:30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":103079215104,"labels":{"k
            13":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n19","uid":"u20","apiVer
            sion":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25"],"managedFields":[{"
            manager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z","fieldsType":"f31","fi
            eldsV1":{"f:a":{}},"subresource":"s33"}]},"spec":{"ports":[{"name":"n36","protocol":"p37","port":38000,"
            targetPort":"s39","nodePort":-40,"appProtocol":"a41"}],"selector":{"k42":"v43"},"clusterIP":"c44","type"
            :"t45","externalIPs":["e46","e47"],"sessionAffinity":"s48","loadBalancerIP":"l49","loadBalancerSourceRan
            ges":["l50","l51"],"externalName":"e52","externalTrafficPolicy":"e53","healthCheckNodePort":54000,"publi
            shNotReadyAddresses":true,"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":58000}},"ipFamilyPolicy"
            :"i59","clusterIPs":["c60","c61"],"ipFamilies":["i62","i63"],"allocateLoadBalancerNodePorts":true,"loadB
            alancerClass":"l65","internalTrafficPolicy":"i66","trafficDistribution":"t67"},"status":{"loadBalancer":
            {"ingress":[{"ip":"i71","hostname":"h72","ipMode":"i73","ports":[{"port":-75,"protocol":"p76","error":"e
            77"}]}]},"conditions":[{"type":"t79","status":"s80","observedGeneration":695784701952,"lastTransitionTim
            e":"2023-11-14T22:14:42Z","reason":"r83","message":"m84"}]}}
            """)

    static let event = Golden(
        apiVersion: "v1", kind: "Event",
        hex: """
            6b3873000a0b0a02763112054576656e7412d7020aaa010a026e33120267341a026e35220273362a027537320272383880808080
            a0024208088ae2cfaa0610004a08088be2cfaa061000508080808080035a0a0a036b31331203763134620a0a036b313512037631
            366a180a036b31381a036e313922037532302a0361323130013801720366323472036632358a01310a036d323712036f32381a03
            6132392208089ee2cfaa06100032036633313a0c0a0a7b22663a61223a7b7d7d420373333312230a036b333512036e33361a036e
            333722037533382a0361333932037234303a036634311a0372343222036d34332a0a0a036334351203683436320808afe2cfaa06
            10003a0808b0e2cfaa06100040e8fe024a03743530520a08b3e2cfaa0610b88e035a1008889e03120a08b6e2cfaa0610f0a50362
            036135356a230a036b353712036e35381a036e353922037536302a0361363132037236323a0366363372037236347a037236351a
            002200
            """,
        json: """
            {"kind":"Event","apiVersion":"v1","metadata":{"name":"n3","generateName":"g4","namespace":"n5","selfLink
            ":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimestamp":"2023-11-14T22:13:
            30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":103079215104,"labels":{"k13
            ":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n19","uid":"u20","apiVersi
            on":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25"],"managedFields":[{"ma
            nager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z","fieldsType":"f31","fiel
            dsV1":{"f:a":{}},"subresource":"s33"}]},"involvedObject":{"kind":"k35","namespace":"n36","name":"n37","u
            id":"u38","apiVersion":"a39","resourceVersion":"r40","fieldPath":"f41"},"reason":"r42","message":"m43","
            source":{"component":"c45","host":"h46"},"firstTimestamp":"2023-11-14T22:14:07Z","lastTimestamp":"2023-1
            1-14T22:14:08Z","count":49000,"type":"t50","eventTime":"2023-11-14T22:14:11.000051Z","series":{"count":5
            3000,"lastObservedTime":"2023-11-14T22:14:14.000054Z"},"action":"a55","related":{"kind":"k57","namespace
            ":"n58","name":"n59","uid":"u60","apiVersion":"a61","resourceVersion":"r62","fieldPath":"f63"},"reportin
            gComponent":"r64","reportingInstance":"r65"}
            """)

    static let slice = Golden(
        apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice",
        hex: """
            6b3873000a240a13646973636f766572792e6b38732e696f2f7631120d456e64706f696e74536c69636512ab020aaa010a026e33
            120267341a026e35220273362a027537320272383880808080a0024208088ae2cfaa0610004a08088be2cfaa0610005080808080
            80035a0a0a036b31331203763134620a0a036b313512037631366a180a036b31381a036e313922037532302a0361323130013801
            720366323472036632358a01310a036d323712036f32381a036132392208089ee2cfaa06100032036633313a0c0a0a7b22663a61
            223a7b7d7d420373333312620a036133350a0361333612060801100118011a0368343122230a036b343312036e34341a036e3435
            22037534362a0361343732037234383a036634392a0a0a036b3530120376353132036e35323a037a3533420e0a050a036e353612
            050a036e35381a130a036e3630120370363118b0e403220361363322036136341a002200
            """,
        json: """
            {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"n3","generateName":"g4","
            namespace":"n5","selfLink":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTime
            stamp":"2023-11-14T22:13:30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":10
            3079215104,"labels":{"k13":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n
            19","uid":"u20","apiVersion":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f2
            5"],"managedFields":[{"manager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z"
            ,"fieldsType":"f31","fieldsV1":{"f:a":{}},"subresource":"s33"}]},"endpoints":[{"addresses":["a35","a36"]
            ,"conditions":{"ready":true,"serving":true,"terminating":true},"hostname":"h41","targetRef":{"kind":"k43
            ","namespace":"n44","name":"n45","uid":"u46","apiVersion":"a47","resourceVersion":"r48","fieldPath":"f49
            "},"deprecatedTopology":{"k50":"v51"},"nodeName":"n52","zone":"z53","hints":{"forZones":[{"name":"n56"}]
            ,"forNodes":[{"name":"n58"}]}}],"ports":[{"name":"n60","protocol":"p61","port":62000,"appProtocol":"a63"
            }],"addressType":"a64"}
            """)

    static let groupEvent = Golden(
        apiVersion: "events.k8s.io/v1", kind: "Event",
        hex: """
            6b3873000a190a106576656e74732e6b38732e696f2f763112054576656e7412de020aaa010a026e33120267341a026e35220273
            362a027537320272383880808080a0024208088ae2cfaa0610004a08088be2cfaa061000508080808080035a0a0a036b31331203
            763134620a0a036b313512037631366a180a036b31381a036e313922037532302a0361323130013801720366323472036632358a
            01310a036d323712036f32381a036132392208089ee2cfaa06100032036633313a0c0a0a7b22663a61223a7b7d7d420373333312
            0a08a2e2cfaa0610d089021a1008a09902120a08a5e2cfaa061088a10222037233382a0372333932036134303a0372343142230a
            036b343312036e34341a036e343522037534362a0361343732037234383a036634394a230a036b353112036e35321a036e353322
            037535342a0361353532037235363a0366353752036e35385a03743539620a0a0363363112036836326a0808bfe2cfaa06100072
            0808c0e2cfaa06100078bfffffffffffffffff011a002200
            """,
        json: """
            {"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"name":"n3","generateName":"g4","namespace":
            "n5","selfLink":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimestamp":"202
            3-11-14T22:13:30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":103079215104,
            "labels":{"k13":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n19","uid":"
            u20","apiVersion":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25"],"manage
            dFields":[{"manager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z","fieldsTyp
            e":"f31","fieldsV1":{"f:a":{}},"subresource":"s33"}]},"eventTime":"2023-11-14T22:13:54.000034Z","series"
            :{"count":36000,"lastObservedTime":"2023-11-14T22:13:57.000037Z"},"reportingController":"r38","reporting
            Instance":"r39","action":"a40","reason":"r41","regarding":{"kind":"k43","namespace":"n44","name":"n45","
            uid":"u46","apiVersion":"a47","resourceVersion":"r48","fieldPath":"f49"},"related":{"kind":"k51","namesp
            ace":"n52","name":"n53","uid":"u54","apiVersion":"a55","resourceVersion":"r56","fieldPath":"f57"},"note"
            :"n58","type":"t59","deprecatedSource":{"component":"c61","host":"h62"},"deprecatedFirstTimestamp":"2023
            -11-14T22:14:23Z","deprecatedLastTimestamp":"2023-11-14T22:14:24Z","deprecatedCount":-65}
            """)

    static let serviceCIDR = Golden(
        apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR",
        hex: """
            6b3873000a230a146e6574776f726b696e672e6b38732e696f2f7631120b536572766963654349445212e2010aaa010a026e3312
            0267341a026e35220273362a027537320272383880808080a0024208088ae2cfaa0610004a08088be2cfaa061000508080808080
            035a0a0a036b31331203763134620a0a036b313512037631366a180a036b31381a036e313922037532302a036132313001380172
            0366323472036632358a01310a036d323712036f32381a036132392208089ee2cfaa06100032036633313a0c0a0a7b22663a6122
            3a7b7d7d4203733333120a0a036333350a036333361a270a250a0374333912037334301880808080a00a220808aae2cfaa061000
            2a0372343332036d34341a002200
            """,
        json: """
            {"kind":"ServiceCIDR","apiVersion":"networking.k8s.io/v1","metadata":{"name":"n3","generateName":"g4","n
            amespace":"n5","selfLink":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimes
            tamp":"2023-11-14T22:13:30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":103
            079215104,"labels":{"k13":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n1
            9","uid":"u20","apiVersion":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25
            "],"managedFields":[{"manager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z",
            "fieldsType":"f31","fieldsV1":{"f:a":{}},"subresource":"s33"}]},"spec":{"cidrs":["c35","c36"]},"status":
            {"conditions":[{"type":"t39","status":"s40","observedGeneration":352187318272,"lastTransitionTime":"2023
            -11-14T22:14:02Z","reason":"r43","message":"m44"}]}}
            """)

    static let lease = Golden(
        apiVersion: "coordination.k8s.io/v1", kind: "Lease",
        hex: """
            6b3873000a1f0a16636f6f7264696e6174696f6e2e6b38732e696f2f763112054c6561736512de010aaa010a026e33120267341a
            026e35220273362a027537320272383880808080a0024208088ae2cfaa0610004a08088be2cfaa061000508080808080035a0a0a
            036b31331203763134620a0a036b313512037631366a180a036b31381a036e313922037532302a03613231300138017203663234
            72036632358a01310a036d323712036f32381a036132392208089ee2cfaa06100032036633313a0c0a0a7b22663a61223a7b7d7d
            4203733333122f0a0368333510a099021a0a08a5e2cfaa061088a102220a08a6e2cfaa0610f0a80228d8b00232037334303a0370
            34311a002200
            """,
        json: """
            {"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"n3","generateName":"g4","names
            pace":"n5","selfLink":"s6","uid":"u7","resourceVersion":"r8","generation":77309411328,"creationTimestamp
            ":"2023-11-14T22:13:30Z","deletionTimestamp":"2023-11-14T22:13:31Z","deletionGracePeriodSeconds":1030792
            15104,"labels":{"k13":"v14"},"annotations":{"k15":"v16"},"ownerReferences":[{"kind":"k18","name":"n19","
            uid":"u20","apiVersion":"a21","controller":true,"blockOwnerDeletion":true}],"finalizers":["f24","f25"],"
            managedFields":[{"manager":"m27","operation":"o28","apiVersion":"a29","time":"2023-11-14T22:13:50Z","fie
            ldsType":"f31","fieldsV1":{"f:a":{}},"subresource":"s33"}]},"spec":{"holderIdentity":"h35","leaseDuratio
            nSeconds":36000,"acquireTime":"2023-11-14T22:13:57.000037Z","renewTime":"2023-11-14T22:13:58.000038Z","l
            easeTransitions":39000,"strategy":"s40","preferredHolder":"p41"}}
            """)

    static let deleteOptions = Golden(
        apiVersion: "v1", kind: "DeleteOptions",
        hex: """
            6b3873000a130a027631120d44656c6574654f7074696f6e73122008808080804012080a027534120272351801220270372a0264
            382a02643930011a002200
            """,
        json: """
            {"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":17179869184,"preconditions":{"uid":"u4","
            resourceVersion":"r5"},"orphanDependents":true,"propagationPolicy":"p7","dryRun":["d8","d9"],"ignoreStor
            eReadErrorWithClusterBreakingPotential":true}
            """)
}
