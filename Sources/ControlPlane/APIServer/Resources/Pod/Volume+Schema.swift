/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let volume = StructSchema(
        core: "Volume", "A volume.",
        [
            Field(1, "name", .string, .always, required: true, "The name.")
        ] + volumeSource.inlined(as: 2))

    static let volumeSource = StructSchema(
        core: "VolumeSource", "A volume source.",
        [
            Field(1, "hostPath", .object(hostPathVolumeSource), .pointer, "A file or directory of the node."),
            Field(2, "emptyDir", .object(emptyDirVolumeSource), .pointer, "A directory that lives as long as the pod."),
            Field(
                3, "gcePersistentDisk", .object(gcePersistentDiskVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(
                4, "awsElasticBlockStore", .object(awsElasticBlockStoreVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(5, "gitRepo", .object(gitRepoVolumeSource), .pointer, "Not supported any more."),
            Field(6, "secret", .object(secretVolumeSource), .pointer, "The data of a Secret as files."),
            Field(7, "nfs", .object(nfsVolumeSource), .pointer, "An NFS export."),
            Field(8, "iscsi", .object(iscsiVolumeSource), .pointer, "An iSCSI disk."),
            Field(9, "glusterfs", .object(glusterfsVolumeSource), .pointer, "Not supported any more."),
            Field(
                10, "persistentVolumeClaim", .object(persistentVolumeClaimVolumeSource), .pointer,
                "A PersistentVolumeClaim of the same namespace."),
            Field(11, "rbd", .object(rbdVolumeSource), .pointer, "Not supported any more."),
            Field(12, "flexVolume", .object(flexVolumeSource), .pointer, "A volume of an external plugin. Deprecated."),
            Field(
                13, "cinder", .object(cinderVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(14, "cephfs", .object(cephFSVolumeSource), .pointer, "Not supported any more."),
            Field(15, "flocker", .object(flockerVolumeSource), .pointer, "Not supported any more."),
            Field(16, "downwardAPI", .object(downwardAPIVolumeSource), .pointer, "Fields of the pod as files."),
            Field(17, "fc", .object(fcVolumeSource), .pointer, "A Fibre Channel disk."),
            Field(
                18, "azureFile", .object(azureFileVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(19, "configMap", .object(configMapVolumeSource), .pointer, "The data of a ConfigMap as files."),
            Field(
                20, "vsphereVolume", .object(vsphereVirtualDiskVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(21, "quobyte", .object(quobyteVolumeSource), .pointer, "Not supported any more."),
            Field(
                22, "azureDisk", .object(azureDiskVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(
                23, "photonPersistentDisk", .object(photonPersistentDiskVolumeSource), .pointer,
                "Not supported any more."),
            Field(26, "projected", .object(projectedVolumeSource), .pointer, "Several sources in one directory."),
            Field(
                24, "portworxVolume", .object(portworxVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(25, "scaleIO", .object(scaleIOVolumeSource), .pointer, "Not supported any more."),
            Field(27, "storageos", .object(storageOSVolumeSource), .pointer, "Not supported any more."),
            Field(28, "csi", .object(csiVolumeSource), .pointer, "Storage of a CSI driver."),
            Field(
                29, "ephemeral", .object(ephemeralVolumeSource), .pointer,
                "A claim that is made for the pod and goes with it."),
            Field(30, "image", .object(imageVolumeSource), .pointer, "A container image as a read-only directory."),
        ])

    static let hostPathVolumeSource = StructSchema(
        core: "HostPathVolumeSource", "A host path volume source.",
        [
            Field(1, "path", .string, .always, required: true, "The path."),
            Field(
                2, "type", .string, .pointer,
                "What must be there: Directory, File, Socket ..., or may be made: DirectoryOrCreate, FileOrCreate."),
        ])

    static let emptyDirVolumeSource = StructSchema(
        core: "EmptyDirVolumeSource", "An empty dir volume source.",
        [
            Field(1, "medium", .string, "Empty for the node's disk, or Memory."),
            Field(2, "sizeLimit", .quantity, .pointer, "The most that may be stored."),
        ])

    static let secretVolumeSource = StructSchema(
        core: "SecretVolumeSource", "A secret volume source.",
        [
            Field(1, "secretName", .string, "The name of the Secret."),
            Field(2, "items", .array(.object(keyToPath)), "Which entries become which files; all if left out."),
            Field(
                3, "defaultMode", .int32, .pointer, "Permission bits of files that have none of their own, 0 to 0777."),
            Field(4, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let configMapVolumeSource = StructSchema(
        core: "ConfigMapVolumeSource", "A config map volume source.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "items", .array(.object(keyToPath)), "Which entries become which files; all if left out."),
            Field(
                3, "defaultMode", .int32, .pointer, "Permission bits of files that have none of their own, 0 to 0777."),
            Field(4, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let keyToPath = StructSchema(
        core: "KeyToPath", "A key to path.",
        [
            Field(1, "key", .string, .always, required: true, "The key."),
            Field(2, "path", .string, .always, required: true, "Relative path of the file."),
            Field(3, "mode", .int32, .pointer, "Permission bits of the file, 0 to 0777."),
        ])

    static let downwardAPIVolumeSource = StructSchema(
        core: "DownwardAPIVolumeSource", "A downward API volume source.",
        [
            Field(
                1, "items", .array(.object(downwardAPIVolumeFile)), "Which entries become which files; all if left out."
            ),
            Field(
                2, "defaultMode", .int32, .pointer, "Permission bits of files that have none of their own, 0 to 0777."),
        ])

    static let downwardAPIVolumeFile = StructSchema(
        core: "DownwardAPIVolumeFile", "A downward API volume file.",
        [
            Field(1, "path", .string, .always, required: true, "Relative path of the file."),
            Field(2, "fieldRef", .object(objectFieldSelector), .pointer, atomic: true, "A field of the pod."),
            Field(
                3, "resourceFieldRef", .object(resourceFieldSelector), .pointer, atomic: true,
                "A request or limit of a container."),
            Field(4, "mode", .int32, .pointer, "Permission bits of the file, 0 to 0777."),
        ])

    static let projectedVolumeSource = StructSchema(
        core: "ProjectedVolumeSource", "A projected volume source.",
        [
            Field(1, "sources", .array(.object(volumeProjection)), .always, "What is put into the directory."),
            Field(
                2, "defaultMode", .int32, .pointer, "Permission bits of files that have none of their own, 0 to 0777."),
        ])

    static let volumeProjection = StructSchema(
        core: "VolumeProjection", "A volume projection.",
        [
            Field(1, "secret", .object(secretProjection), .pointer, "The data of a Secret as files."),
            Field(2, "downwardAPI", .object(downwardAPIProjection), .pointer, "Fields of the pod as files."),
            Field(3, "configMap", .object(configMapProjection), .pointer, "The data of a ConfigMap as files."),
            Field(
                4, "serviceAccountToken", .object(serviceAccountTokenProjection), .pointer,
                "A token of the pod's service account."),
            Field(
                5, "clusterTrustBundle", .object(clusterTrustBundleProjection), .pointer,
                "Certificates that are trusted."),
            Field(6, "podCertificate", .object(podCertificateProjection), .pointer, "A certificate for the pod."),
        ])

    static let secretProjection = StructSchema(
        core: "SecretProjection", "A secret projection.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "items", .array(.object(keyToPath)), "Which entries become which files; all if left out."),
            Field(4, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let downwardAPIProjection = StructSchema(
        core: "DownwardAPIProjection", "A downward API projection.",
        [
            Field(
                1, "items", .array(.object(downwardAPIVolumeFile)), "Which entries become which files; all if left out."
            )
        ])

    static let configMapProjection = StructSchema(
        core: "ConfigMapProjection", "A config map projection.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "items", .array(.object(keyToPath)), "Which entries become which files; all if left out."),
            Field(4, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let serviceAccountTokenProjection = StructSchema(
        core: "ServiceAccountTokenProjection", "A service account token projection.",
        [
            Field(1, "audience", .string, "Who the token is for."),
            Field(2, "expirationSeconds", .int64, .pointer, "How long the token is valid."),
            Field(3, "path", .string, .always, required: true, "Relative path of the file."),
        ])

    static let clusterTrustBundleProjection = StructSchema(
        core: "ClusterTrustBundleProjection", "A cluster trust bundle projection.",
        [
            Field(1, "name", .string, .pointer, "The name."),
            Field(2, "signerName", .string, .pointer, "The signer name."),
            Field(
                3, "labelSelector", .object(labelSelector), .pointer, atomic: true,
                "Which objects are meant, by their labels."),
            Field(5, "optional", .bool, .pointer, "Whether it may be missing."),
            Field(4, "path", .string, .always, required: true, "Relative path of the file."),
        ])

    static let podCertificateProjection = StructSchema(
        core: "PodCertificateProjection", "A pod certificate projection.",
        [
            Field(1, "signerName", .string, "The signer name."),
            Field(2, "keyType", .string, "The key type."),
            Field(3, "maxExpirationSeconds", .int32, .pointer, "The max expiration seconds."),
            Field(4, "credentialBundlePath", .string, "The credential bundle path."),
            Field(5, "keyPath", .string, "The key path."),
            Field(6, "certificateChainPath", .string, "The certificate chain path."),
            Field(7, "userAnnotations", .map(.string), "The user annotations."),
        ])

    static let persistentVolumeClaimVolumeSource = StructSchema(
        core: "PersistentVolumeClaimVolumeSource", "A persistent volume claim volume source.",
        [
            Field(1, "claimName", .string, .always, required: true, "The name of the claim."),
            Field(2, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let ephemeralVolumeSource = StructSchema(
        core: "EphemeralVolumeSource", "An ephemeral volume source.",
        [
            Field(1, "volumeClaimTemplate", .object(persistentVolumeClaimTemplate), .pointer, "The claim to make.")
        ])

    static let persistentVolumeClaimTemplate = StructSchema(
        core: "PersistentVolumeClaimTemplate", "A persistent volume claim template.",
        [
            Field(1, "metadata", .object(objectMeta), .always, "Standard metadata."),
            Field(2, "spec", .object(persistentVolumeClaimSpec), .always, required: true, "The desired state."),
        ])

    static let csiVolumeSource = StructSchema(
        core: "CSIVolumeSource", "A CSI volume source.",
        [
            Field(1, "driver", .string, .always, required: true, "The name of the driver."),
            Field(2, "readOnly", .bool, .pointer, "Whether it cannot be written."),
            Field(3, "fsType", .string, .pointer, "The file system to mount."),
            Field(4, "volumeAttributes", .map(.string), "Settings for the driver."),
            Field(
                5, "nodePublishSecretRef", .object(localObjectReference), .pointer, atomic: true,
                "The node publish secret ref."),
        ])

    static let imageVolumeSource = StructSchema(
        core: "ImageVolumeSource", "An image volume source.",
        [
            Field(1, "reference", .string, "The image."),
            Field(2, "pullPolicy", .string, "Always, IfNotPresent or Never."),
        ])
}
