import JSONStream
import Testing

@testable import KubeSchema

@Suite struct FactsTests {
    @Test func typesAreRead() throws {
        #expect(KubeSchema.typeNames.count > 550)
        let container = KubeSchema["core.v1.Container"]
        #expect(container.goName == "v1.Container")
        let ports = try #require(container["ports"])
        #expect(ports.number == 6)
        #expect(ports.listKind == .map(["containerPort", "protocol"]))
        #expect(ports.patchMergeKey == "containerPort")
        #expect(KubeSchema["core.v1.ContainerPort"]["protocol"]?.defaultValue == "TCP")
        #expect(KubeSchema["meta.v1.LabelSelector"].isAtomic)
        #expect(KubeSchema["core.v1.Pod"].fields.map(\.name) == ["kind", "apiVersion", "metadata", "spec", "status"])
        #expect(KubeSchema["core.v1.Volume"]["emptyDir"]?.outerNumber == 2)
        #expect(KubeSchema["core.v1.Pod"]["spec"]?.description.isEmpty == false)
        #expect(KubeSchema["core.v1.Nothing"].fields.isEmpty)
    }

    /// A type that is named and not known would have no fields.
    @Test(arguments: KubeSchema.typeNames)
    func referencesAreKnown(name: String) {
        func check(_ type: SchemaType, _ path: String) {
            switch type {
            case .object(let schema), .either(_, let schema): #expect(!schema.name.isEmpty, "\(path)")
            case .map(let element), .array(let element): check(element, path)
            default: break
            }
        }
        for field in KubeSchema[name].fields { check(field.type, "\(name).\(field.name)") }
        let numbers = KubeSchema[name].message.fields.map(\.number)
        #expect(Set(numbers).count == numbers.count)
    }

    @Test func resources() throws {
        let pods = KubeSchema.resources(group: "", version: "v1", plural: "pods")
        let pod = try #require(pods.first { $0.subresource.isEmpty })
        #expect(pod.kind == "Pod" && pod.isNamespaced && pod.shortNames == ["po"] && pod.categories == ["all"])
        let eviction = try #require(pods.first { $0.subresource == "eviction" })
        #expect(eviction.kind == "Eviction" && eviction.kindGroup == "policy" && eviction.kindVersion == "v1")
        #expect(KubeSchema.defaultRoles.count == 135)
        #expect(KubeSchema.defaultRoles.allSatisfy { $0["name"] != nil })
    }
}
