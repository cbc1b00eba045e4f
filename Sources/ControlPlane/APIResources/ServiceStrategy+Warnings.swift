import APIObjects
package import JSONStream
import NetworkAddress

extension ServiceStrategy {
    /// Values that are taken but ignored, deprecated or spelled oddly (pkg/api/service/warnings.go).
    package func warnings(_ object: JSONValue, old: JSONValue?) -> [String] {
        let spec = object["spec"] ?? [:]
        let isExternalName = spec.text("type") == "ExternalName"
        var texts: [String] = []
        let hints = "service.kubernetes.io/topology-aware-hints"
        if object["metadata"]?["annotations"]?[hints] != nil {
            texts.append("annotation \(hints) is deprecated, please use service.kubernetes.io/topology-mode instead")
        }
        texts += Self.isHeadless(spec) ? headless(spec) : spellings(spec, "clusterIPs")
        texts += spellings(spec, "externalIPs")
        if !spec.items("externalIPs").isEmpty {
            texts.append("spec.externalIPs is deprecated in v1.36+")
            if isExternalName { texts.append(#"spec.externalIPs is ignored when spec.type is "ExternalName""#) }
        }
        if !isExternalName, !spec.text("externalName").isEmpty {
            texts.append(#"spec.externalName is ignored when spec.type is not "ExternalName""#)
        }
        if spec.text("trafficDistribution") == "PreferClose" {
            texts.append(#"spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone""#)
        }
        return texts
    }

    private func headless(_ spec: JSONValue) -> [String] {
        var ignored: [String] = []
        if !spec.text("loadBalancerIP").isEmpty { ignored.append("loadBalancerIP") }
        if !spec.items("externalIPs").isEmpty { ignored.append("externalIPs") }
        if spec.text("sessionAffinity") != "None" { ignored.append("SessionAffinity") }
        return ignored.map { "spec.\($0) is ignored for headless services" }
    }

    private func spellings(_ spec: JSONValue, _ name: String) -> [String] {
        spec.strings(name).enumerated().compactMap { index, value in
            guard value.contains(":"), let address = IPAddress(value), address.description != value else { return nil }
            return
                "spec.\(name)[\(index)]: IPv6 address \"\(value)\" should be in RFC 5952 canonical format "
                + "(\"\(address)\")"
        }
    }
}
