/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let persistentVolume = root(
        "PersistentVolume", "A piece of storage.",
        [
            Field(2, "spec", .object(persistentVolumeSpec), .always, "The desired state."),
            Field(3, "status", .object(persistentVolumeStatus), .always, "The observed state."),
        ])

    static let persistentVolumeSpec = StructSchema(
        core: "PersistentVolumeSpec", "A persistent volume spec.",
        [
            Field(1, "capacity", .map(.quantity), "The size.")
        ] + persistentVolumeSource.inlined(as: 2) + [
            Field(
                3, "accessModes", .array(.string),
                "How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod."),
            Field(4, "claimRef", .object(objectReference), .pointer, atomic: true, "The claim that it is bound to."),
            Field(5, "persistentVolumeReclaimPolicy", .string, "Retain (the default), Delete or Recycle."),
            Field(6, "storageClassName", .string, "The StorageClass."),
            Field(7, "mountOptions", .array(.string), "Options of the mount."),
            Field(8, "volumeMode", .string, .pointer, "Filesystem (the default) or Block."),
            Field(9, "nodeAffinity", .object(volumeNodeAffinity), .pointer, "Which nodes are wanted."),
            Field(10, "volumeAttributesClassName", .string, .pointer, "The class of changeable settings."),
        ])

    static let persistentVolumeSource = StructSchema(
        core: "PersistentVolumeSource", "A persistent volume source.",
        [
            Field(
                1, "gcePersistentDisk", .object(gcePersistentDiskVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(
                2, "awsElasticBlockStore", .object(awsElasticBlockStoreVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(3, "hostPath", .object(hostPathVolumeSource), .pointer, "A file or directory of the node."),
            Field(4, "glusterfs", .object(glusterfsPersistentVolumeSource), .pointer, "Not supported any more."),
            Field(5, "nfs", .object(nfsVolumeSource), .pointer, "An NFS export."),
            Field(6, "rbd", .object(rbdPersistentVolumeSource), .pointer, "Not supported any more."),
            Field(7, "iscsi", .object(iscsiPersistentVolumeSource), .pointer, "An iSCSI disk."),
            Field(
                8, "cinder", .object(cinderPersistentVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(9, "cephfs", .object(cephFSPersistentVolumeSource), .pointer, "Not supported any more."),
            Field(10, "fc", .object(fcVolumeSource), .pointer, "A Fibre Channel disk."),
            Field(11, "flocker", .object(flockerVolumeSource), .pointer, "Not supported any more."),
            Field(
                12, "flexVolume", .object(flexPersistentVolumeSource), .pointer,
                "A volume of an external plugin. Deprecated."),
            Field(
                13, "azureFile", .object(azureFilePersistentVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(
                14, "vsphereVolume", .object(vsphereVirtualDiskVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(15, "quobyte", .object(quobyteVolumeSource), .pointer, "Not supported any more."),
            Field(
                16, "azureDisk", .object(azureDiskVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(
                17, "photonPersistentDisk", .object(photonPersistentDiskVolumeSource), .pointer,
                "Not supported any more."),
            Field(
                18, "portworxVolume", .object(portworxVolumeSource), .pointer,
                "A disk of that provider. Deprecated for its CSI driver."),
            Field(19, "scaleIO", .object(scaleIOPersistentVolumeSource), .pointer, "Not supported any more."),
            Field(20, "local", .object(localVolumeSource), .pointer, "Storage of a node that is always there."),
            Field(21, "storageos", .object(storageOSPersistentVolumeSource), .pointer, "Not supported any more."),
            Field(22, "csi", .object(csiPersistentVolumeSource), .pointer, "Storage of a CSI driver."),
        ])

    static let localVolumeSource = StructSchema(
        core: "LocalVolumeSource", "A local volume source.",
        [
            Field(1, "path", .string, .always, required: true, "The path."),
            Field(2, "fsType", .string, .pointer, "The file system to mount."),
        ])

    static let csiPersistentVolumeSource = StructSchema(
        core: "CSIPersistentVolumeSource", "A CSI persistent volume source.",
        [
            Field(1, "driver", .string, .always, required: true, "The name of the driver."),
            Field(2, "volumeHandle", .string, .always, required: true, "The volume handle."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(4, "fsType", .string, "The file system to mount."),
            Field(5, "volumeAttributes", .map(.string), "Settings for the driver."),
            Field(
                6, "controllerPublishSecretRef", .object(secretReference), .pointer, atomic: true,
                "The controller publish secret ref."),
            Field(
                7, "nodeStageSecretRef", .object(secretReference), .pointer, atomic: true, "The node stage secret ref."),
            Field(
                8, "nodePublishSecretRef", .object(secretReference), .pointer, atomic: true,
                "The node publish secret ref."),
            Field(
                9, "controllerExpandSecretRef", .object(secretReference), .pointer, atomic: true,
                "The controller expand secret ref."),
            Field(
                10, "nodeExpandSecretRef", .object(secretReference), .pointer, atomic: true,
                "The node expand secret ref."),
        ])

    static let secretReference = StructSchema(
        core: "SecretReference", "A secret reference.",
        [
            Field(1, "name", .string, "The name."),
            Field(2, "namespace", .string, "The namespace."),
        ])

    static let volumeNodeAffinity = StructSchema(
        core: "VolumeNodeAffinity", "A volume node affinity.",
        [
            Field(1, "required", .object(nodeSelector), .pointer, atomic: true, "What must hold.")
        ])

    static let persistentVolumeStatus = StructSchema(
        core: "PersistentVolumeStatus", "A persistent volume status.",
        [
            Field(1, "phase", .string, "The phase."),
            Field(2, "message", .string, "A text for people."),
            Field(3, "reason", .string, "A word for the state."),
            Field(4, "lastPhaseTransitionTime", .time, .pointer, "When the phase changed last."),
        ])
}
