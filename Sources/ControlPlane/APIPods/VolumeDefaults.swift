import APIObjects
package import JSONStream
import KubeSchema

/// What volumes have where their author said nothing.
package enum VolumeDefaults {
    private static let fileMode: JSONValue = 0o644

    static func apply(_ volume: inout JSONValue) {
        let sources = KubeSchema["core.v1.VolumeSource"].fields.map { $0.name }
        if !sources.contains(where: { volume.has($0) }) { volume["emptyDir"] = [:] }
        for name in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.edit(name) { source in if source["defaultMode"] == nil { source["defaultMode"] = fileMode } }
        }
        volume.edit("hostPath") { source in if source["type"] == nil { source["type"] = "" } }
        volume.edit("downwardAPI", fields)
        volume.edit("projected") { $0.editItems("sources", projection) }
        volume.edit("image") { $0.setDefault("pullPolicy", PodDefaults.pullPolicy($0.text("reference"))) }
        volume.edit("ephemeral") { source in
            source.edit("volumeClaimTemplate") { $0.edit("spec", PersistentVolumeClaimStrategy.applyDefaults) }
        }
        provider(&volume)
    }

    private static func fields(_ source: inout JSONValue) {
        source.editItems("items") { item in item.edit("fieldRef") { $0.setDefault("apiVersion", "v1") } }
    }

    private static func projection(_ projection: inout JSONValue) {
        projection.edit("downwardAPI", fields)
        projection.edit("serviceAccountToken") { token in
            if token["expirationSeconds"] == nil { token["expirationSeconds"] = 3600 }
        }
        projection.edit("podCertificate") { certificate in
            if certificate["maxExpirationSeconds"] == nil { certificate["maxExpirationSeconds"] = 86_400 }
        }
    }

    /// Also of persistent volumes.
    package static func provider(_ volume: inout JSONValue) {
        volume.edit("iscsi") { $0.setDefault("iscsiInterface", "default") }
        volume.edit("rbd") { source in
            source.setDefault("pool", "rbd")
            source.setDefault("user", "admin")
            source.setDefault("keyring", "/etc/ceph/keyring")
        }
        volume.edit("azureDisk") { source in
            if source["cachingMode"] == nil { source["cachingMode"] = "ReadWrite" }
            if source["kind"] == nil { source["kind"] = "Shared" }
            if source["fsType"] == nil { source["fsType"] = "ext4" }
            if source["readOnly"] == nil { source["readOnly"] = false }
        }
        volume.edit("scaleIO") { source in
            source.setDefault("storageMode", "ThinProvisioned")
            source.setDefault("fsType", "xfs")
        }
    }
}
