import APITesting
import JSONStream
import Testing

@testable import APIPods
@testable import APIResources

@Suite struct IngressTests {
    private static let backend = #"{"service":{"name":"s","port":{"number":80}}}"#

    private static let specs: [(spec: String, causes: [String])] = [
        (#"{"rules":[{"host":"example.com"},{"host":"*.example.com"}]}"#, []),
        (#"{"rules":[{"host":"10.0.0.1"}]}"#, ["Invalid spec.rules[0].host"]),
        (#"{"rules":[{"host":"a.*.b"},{"host":"*"}]}"#, ["Invalid spec.rules[0].host", "Invalid spec.rules[1].host"]),
        (
            #"{"rules":[{}],"tls":[{"hosts":["a.b","*.a.b","A"]}],"ingressClassName":"A_"}"#,
            ["Invalid spec.tls[0].hosts[2]", "Invalid spec.ingressClassName"]
        ),
        (
            #"{"rules":[{"http":{"paths":[{"path":"/a//b/..","pathType":"Prefix","backend":\#(backend)},"#
                + #"{"path":"/a//b","pathType":"ImplementationSpecific","backend":\#(backend)}]}}]}"#,
            Array(repeating: "Invalid spec.rules[0].http.paths[0].path", count: 2)
        ),
    ]

    @Test(arguments: specs) func hostsAndPaths(spec: String, causes: [String]) throws {
        let ingress = try decoded(#"{"spec":\#(spec)}"#, .ingresses)
        #expect(brief(IngressRules.validate(ingress)) == causes)
    }

    @Test func hostnamesOfPods() throws {
        func causes(_ fields: String) throws -> [String] {
            let pod = try decoded(
                #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}],\#(fields)}}"#, .pods)
            return brief(PodValidation.create(pod))
        }
        let field = "spec.hostnameOverride"
        #expect(try causes(#""hostnameOverride":"a.b""#) == [])
        #expect(try causes(#""hostnameOverride":"A_""#) == ["Invalid \(field)"])
        #expect(
            try causes(#""hostnameOverride":"\#(String(repeating: "a", count: 65))""#) == ["TooLong \(field)"])
        #expect(try causes(#""hostnameOverride":"a","setHostnameAsFQDN":true"#) == ["Forbidden \(field)"])
    }

    @Test func controllersOfIngressClasses() {
        func fields(_ spec: JSONValue) -> [String] { brief(IngressClassRules.validate(spec)) }
        #expect(fields(["controller": "example.com/x"]) == [])
        #expect(fields([:]) == ["Required spec.controller"])
        for controller in ["x", "/x", "x/", "A_b/x", "a/b c"] {
            #expect(fields(["controller": .string(controller)]) == ["Invalid spec.controller"], "\(controller)")
        }
        let there: JSONValue = ["kind": "K", "name": "n", "scope": "Cluster", "namespace": "x"]
        #expect(fields(["controller": "a/b", "parameters": there]) == ["Forbidden spec.parameters.namespace"])
        let nowhere: JSONValue = ["kind": "K", "name": "", "scope": "Namespace"]
        #expect(
            fields(["controller": "a/b", "parameters": nowhere]) == [
                "Required spec.parameters.name", "Required spec.parameters.namespace",
            ])
    }
}
