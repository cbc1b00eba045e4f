import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIServer

@Suite struct ServiceAccountAdmissionTests {
    private static func context(_ account: JSONValue?) -> AdmissionContext {
        var context = dualStack
        context.admitsServiceAccounts = true
        context.object = { kind, namespace, name in
            kind == "serviceaccounts" && namespace == "t" && name == account?["metadata"]?.text("name")
                ? account : nil
        }
        return context
    }

    private static let account: JSONValue = [
        "metadata": ["name": "default", "namespace": "t"], "imagePullSecrets": [["name": "registry"]],
    ]

    private static func pod(_ spec: JSONValue = [:], annotations: JSONValue = [:]) -> JSONValue {
        var spec = spec
        if spec["containers"] == nil {
            spec["containers"] = [["name": "a", "image": "i"], ["name": "b", "image": "i"]]
        }
        return ["metadata": ["name": "p", "namespace": "t", "annotations": annotations], "spec": spec]
    }

    private static func admitted(_ pod: JSONValue, _ account: JSONValue? = account) throws -> JSONValue {
        var pod = pod
        try ServiceAccountAdmission(context: context(account)).admit(&pod)
        return pod["spec"] ?? [:]
    }

    @Test("A pod gets the account, its pull secrets, and a volume with a token in each container")
    func whole() throws {
        let spec = try Self.admitted(
            Self.pod(["initContainers": [["name": "i", "image": "i"]]]))
        #expect(spec.text("serviceAccountName") == "default")
        #expect(spec.text("serviceAccount") == "default")
        #expect(spec.items("imagePullSecrets") == [["name": "registry"]])
        let volume = try #require(spec.items("volumes").first)
        #expect(volume.text("name").hasPrefix("kube-api-access-"))
        let sources = volume["projected"]?.items("sources") ?? []
        #expect(
            sources.map { $0.objectValue?.first?.key ?? "" } == ["serviceAccountToken", "configMap", "downwardAPI"])
        for container in spec.items("containers") + spec.items("initContainers") {
            let mount = try #require(container.items("volumeMounts").first)
            #expect(mount.text("name") == volume.text("name"))
            #expect(mount.text("mountPath") == ServiceAccountAdmission.mountPath)
            #expect(mount.flag("readOnly"))
        }
    }

    @Test("A pod's own choices count")
    func choices() throws {
        #expect(try Self.admitted(Self.pod(["automountServiceAccountToken": false])).items("volumes").isEmpty)
        var silent = Self.account
        silent["automountServiceAccountToken"] = false
        #expect(try Self.admitted(Self.pod(), silent).items("volumes").isEmpty)
        #expect(try Self.admitted(Self.pod(["automountServiceAccountToken": true]), silent).items("volumes").count == 1)
        let own = try Self.admitted(Self.pod(["imagePullSecrets": [["name": "mine"]]]))
        #expect(own.items("imagePullSecrets") == [["name": "mine"]])
        let mount: JSONValue = ["name": "x", "mountPath": .string(ServiceAccountAdmission.mountPath)]
        let mounted = try Self.admitted(
            Self.pod(["containers": [["name": "a", "image": "i", "volumeMounts": [mount]]]]))
        #expect(mounted.items("volumes").isEmpty)
    }

    @Test("Without the account there is no pod, and where nobody makes accounts none is asked for")
    func missing() throws {
        let refused = #expect(throws: StatusError.self) { try Self.admitted(Self.pod(), nil) }
        #expect(
            refused?.message
                == "pods \"p\" is forbidden: error looking up service account t/default: serviceaccount \"default\" not found"
        )
        #expect(throws: StatusError.self) { try Self.admitted(Self.pod(["serviceAccountName": "other"])) }
        var pod = Self.pod()
        try ServiceAccountAdmission(context: dualStack).admit(&pod)
        #expect(pod == Self.pod())
    }

    @Test("A mirror of a file on a node gets nothing, and may name nothing")
    func mirrors() throws {
        let mirror: JSONValue = ["kubernetes.io/config.mirror": "x"]
        #expect(try Self.admitted(Self.pod(annotations: mirror), nil).items("volumes").isEmpty)
        for spec in [
            ["serviceAccountName": "default"], ["volumes": [["name": "s", "secret": ["secretName": "x"]]]],
        ] as [JSONValue] {
            #expect(throws: StatusError.self) { try Self.admitted(Self.pod(spec, annotations: mirror)) }
        }
    }

    @Test("A pod waits for the account of a new namespace")
    func waiting() async throws {
        try await TestServer.with(configure: { $0.admitsServiceAccounts = true }) { server in
            // It waits for a second: on a busy machine the account may come later than that, so there are more tries.
            for turn in 1...10 {
                let namespace = "/api/v1/namespaces/n\(turn)"
                _ = try await server.send("POST", "/api/v1/namespaces", ["metadata": ["name": .string("n\(turn)")]])
                async let made = server.send(
                    "POST", namespace + "/pods",
                    ["metadata": ["name": "p"], "spec": ["containers": [["name": "c", "image": "i"]]]])
                try await Task.sleep(for: .milliseconds(100))
                _ = try await server.send(
                    "POST", namespace + "/serviceaccounts", ["metadata": ["name": "default"]])
                let answer = try await made
                guard answer.status == 201 || turn == 10 else { continue }
                #expect(answer.status == 201, "\(answer.json.written)")
                #expect(answer.json["spec"]?.items("volumes").count == 1)
                break
            }
        }
    }
}
