import APITesting
import JSONStream
import Testing

@testable import APIPods

@Suite struct PodVolumeValidationTests {
    @Test(
        arguments: [
            (#"[{"name":"v"}]"#, []), (#"[{"name":"v","secret":{}}]"#, ["Required spec.volumes[0].secret.secretName"]),
            (
                #"[{"name":"V","emptyDir":{}},{"emptyDir":{"sizeLimit":"-1"}}]"#,
                [
                    "Invalid spec.volumes[0].name", "Forbidden spec.volumes[1].emptyDir.sizeLimit",
                    "Required spec.volumes[1].name",
                ]
            ),
            (
                #"[{"name":"v","emptyDir":{}},{"name":"v","emptyDir":{},"hostPath":{"path":"/"}}]"#,
                [
                    "Forbidden spec.volumes[1].hostPath", "Duplicate spec.volumes[1].name",
                ]
            ),
            (
                #"[{"name":"v","hostPath":{"path":"/a/../b","type":"X"}}]"#,
                [
                    "Invalid spec.volumes[0].hostPath.path", "NotSupported spec.volumes[0].hostPath.type",
                ]
            ),
            (
                #"[{"name":"v","configMap":{"defaultMode":512,"items":[{"key":"","path":"../x"}]}}]"#,
                [
                    "Required spec.volumes[0].configMap.name", "Invalid spec.volumes[0].configMap.defaultMode",
                    "Required spec.volumes[0].configMap.items[0].key",
                    "Invalid spec.volumes[0].configMap.items[0].path",
                ]
            ),
            (
                #"[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"a","expirationSeconds":1}}]}}]"#,
                [
                    "Invalid spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds",
                    "Forbidden spec.volumes[0].projected.sources[0].serviceAccountToken",
                ]
            ),
            (
                #"[{"name":"v","projected":{"sources":[{"secret":{"name":"a","items":[{"key":"k","path":"p"}]}},{"configMap":{"name":"b","items":[{"key":"k","path":"p"}]}}]}}]"#,
                [
                    "Invalid spec.volumes[0].projected"
                ]
            ),
            (
                #"[{"name":"v","downwardAPI":{"items":[{"path":"a"},{"path":"b","fieldRef":{"fieldPath":"spec.nodeName"}}]}}]"#,
                [
                    "Required spec.volumes[0].downwardAPI",
                    "NotSupported spec.volumes[0].downwardAPI.fieldRef.fieldPath",
                ]
            ),
            (#"[{"name":"v","nfs":{"server":"s","path":"x"}}]"#, ["Invalid spec.volumes[0].nfs.path"]),
            (#"[{"name":"v","csi":{"driver":""}}]"#, ["Required spec.volumes[0].csi.driver"]),
            (
                #"[{"name":"v","iscsi":{"targetPortal":"a","iqn":"x","lun":-1,"chapAuthSession":true}}]"#,
                [
                    "Invalid spec.volumes[0].iscsi.iqn", "Invalid spec.volumes[0].iscsi.lun",
                    "Required spec.volumes[0].iscsi.secretRef",
                ]
            ),
            (
                #"[{"name":"v","ephemeral":{"volumeClaimTemplate":{"spec":{"accessModes":["x"]}}}},{"name":"w","persistentVolumeClaim":{"claimName":"p-v"}}]"#,
                [
                    "NotSupported spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes",
                    "Required spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]",
                    "Invalid spec.volumes[1].persistentVolumeClaim.claimName",
                ]
            ),
            (
                #"[{"name":"v","azureDisk":{"diskName":"a","diskURI":"b","kind":"Managed"}}]"#,
                [
                    "NotSupported spec.volumes[0].azureDisk.diskURI"
                ]
            ),
            (
                #"[{"name":"v","flexVolume":{"driver":"d","options":{"kubernetes.io/a":"b"}}}]"#,
                [
                    "Invalid spec.volumes[0].flexVolume.options[kubernetes.io/a]"
                ]
            ),
            (
                #"[{"name":"v","image":{"pullPolicy":"X"}}]"#,
                [
                    "Required spec.volumes[0].image.reference", "NotSupported spec.volumes[0].image.pullPolicy",
                ]
            ),
        ] as [(String, [String])])
    func volumes(volumes: String, expected: [String]) throws {
        #expect(brief(PodStrategy().validateCreate(try spec(#""volumes":\#(volumes)"#), dualStack)) == expected)
    }
}
