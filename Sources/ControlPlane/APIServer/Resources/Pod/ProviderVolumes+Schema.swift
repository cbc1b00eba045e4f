/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let nfsVolumeSource = StructSchema(
        core: "NFSVolumeSource", "A NFS volume source.",
        [
            Field(1, "server", .string, .always, required: true, "The server."),
            Field(2, "path", .string, .always, required: true, "The path."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let iscsiVolumeSource = StructSchema(
        core: "ISCSIVolumeSource", "An ISCSI volume source.",
        [
            Field(1, "targetPortal", .string, .always, required: true, "The target portal."),
            Field(2, "iqn", .string, .always, required: true, "The iqn."),
            Field(3, "lun", .int32, .always, required: true, "The lun."),
            Field(4, "iscsiInterface", .string, "The iscsi interface."),
            Field(5, "fsType", .string, "The file system to mount."),
            Field(6, "readOnly", .bool, "Whether it cannot be written."),
            Field(7, "portals", .array(.string), "The portals."),
            Field(8, "chapAuthDiscovery", .bool, "The chap auth discovery."),
            Field(11, "chapAuthSession", .bool, "The chap auth session."),
            Field(
                10, "secretRef", .object(localObjectReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(12, "initiatorName", .string, .pointer, "The initiator name."),
        ])

    static let fcVolumeSource = StructSchema(
        core: "FCVolumeSource", "A FC volume source.",
        [
            Field(1, "targetWWNs", .array(.string), "The target ww ns."),
            Field(2, "lun", .int32, .pointer, "The lun."),
            Field(3, "fsType", .string, "The file system to mount."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
            Field(5, "wwids", .array(.string), "The wwids."),
        ])

    static let gcePersistentDiskVolumeSource = StructSchema(
        core: "GCEPersistentDiskVolumeSource", "A GCE persistent disk volume source.",
        [
            Field(1, "pdName", .string, .always, required: true, "The pd name."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "partition", .int32, "Only pods from this ordinal on are updated."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let awsElasticBlockStoreVolumeSource = StructSchema(
        core: "AWSElasticBlockStoreVolumeSource", "An AWS elastic block store volume source.",
        [
            Field(1, "volumeID", .string, .always, required: true, "The volume id."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "partition", .int32, "Only pods from this ordinal on are updated."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let cinderVolumeSource = StructSchema(
        core: "CinderVolumeSource", "A cinder volume source.",
        [
            Field(1, "volumeID", .string, .always, required: true, "The volume id."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(
                4, "secretRef", .object(localObjectReference), .pointer, atomic: true, "The Secret with credentials."),
        ])

    static let azureFileVolumeSource = StructSchema(
        core: "AzureFileVolumeSource", "An azure file volume source.",
        [
            Field(1, "secretName", .string, .always, required: true, "The name of the Secret."),
            Field(2, "shareName", .string, .always, required: true, "The share name."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let azureDiskVolumeSource = StructSchema(
        core: "AzureDiskVolumeSource", "An azure disk volume source.",
        [
            Field(1, "diskName", .string, .always, required: true, "The disk name."),
            Field(2, "diskURI", .string, .always, required: true, "The disk uri."),
            Field(3, "cachingMode", .string, .pointer, "The caching mode."),
            Field(4, "fsType", .string, .pointer, "The file system to mount."),
            Field(5, "readOnly", .bool, .pointer, "Whether it cannot be written."),
            Field(6, "kind", .string, .pointer, "The kind."),
        ])

    static let vsphereVirtualDiskVolumeSource = StructSchema(
        core: "VsphereVirtualDiskVolumeSource", "A vsphere virtual disk volume source.",
        [
            Field(1, "volumePath", .string, .always, required: true, "The volume path."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "storagePolicyName", .string, "The storage policy name."),
            Field(4, "storagePolicyID", .string, "The storage policy id."),
        ])

    static let portworxVolumeSource = StructSchema(
        core: "PortworxVolumeSource", "A portworx volume source.",
        [
            Field(1, "volumeID", .string, .always, required: true, "The volume id."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let flexVolumeSource = StructSchema(
        core: "FlexVolumeSource", "A flex volume source.",
        [
            Field(1, "driver", .string, .always, required: true, "The name of the driver."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(
                3, "secretRef", .object(localObjectReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
            Field(5, "options", .map(.string), "Options."),
        ])

    static let gitRepoVolumeSource = StructSchema(
        core: "GitRepoVolumeSource", "A git repo volume source.",
        [
            Field(1, "repository", .string, .always, required: true, "The repository."),
            Field(2, "revision", .string, "The number of the revision."),
            Field(3, "directory", .string, "The directory."),
        ])

    static let glusterfsVolumeSource = StructSchema(
        core: "GlusterfsVolumeSource", "A glusterfs volume source.",
        [
            Field(1, "endpoints", .string, .always, required: true, "The endpoints."),
            Field(2, "path", .string, .always, required: true, "The path."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let rbdVolumeSource = StructSchema(
        core: "RBDVolumeSource", "A RBD volume source.",
        [
            Field(1, "monitors", .array(.string), .always, required: true, "The monitors."),
            Field(2, "image", .string, .always, required: true, "A container image as a read-only directory."),
            Field(3, "fsType", .string, "The file system to mount."),
            Field(4, "pool", .string, "The pool."),
            Field(5, "user", .string, "The user."),
            Field(6, "keyring", .string, "The keyring."),
            Field(
                7, "secretRef", .object(localObjectReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(8, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let cephFSVolumeSource = StructSchema(
        core: "CephFSVolumeSource", "A ceph FS volume source.",
        [
            Field(1, "monitors", .array(.string), .always, required: true, "The monitors."),
            Field(2, "path", .string, "The path."),
            Field(3, "user", .string, "The user."),
            Field(4, "secretFile", .string, "The secret file."),
            Field(
                5, "secretRef", .object(localObjectReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(6, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let flockerVolumeSource = StructSchema(
        core: "FlockerVolumeSource", "A flocker volume source.",
        [
            Field(1, "datasetName", .string, "The dataset name."),
            Field(2, "datasetUUID", .string, "The dataset uuid."),
        ])

    static let quobyteVolumeSource = StructSchema(
        core: "QuobyteVolumeSource", "A quobyte volume source.",
        [
            Field(1, "registry", .string, .always, required: true, "The registry."),
            Field(2, "volume", .string, .always, required: true, "The volume."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(4, "user", .string, "The user."),
            Field(5, "group", .string, "The API group."),
            Field(6, "tenant", .string, "The tenant."),
        ])

    static let photonPersistentDiskVolumeSource = StructSchema(
        core: "PhotonPersistentDiskVolumeSource", "A photon persistent disk volume source.",
        [
            Field(1, "pdID", .string, .always, required: true, "The pd id."),
            Field(2, "fsType", .string, "The file system to mount."),
        ])

    static let scaleIOVolumeSource = StructSchema(
        core: "ScaleIOVolumeSource", "A scale IO volume source.",
        [
            Field(1, "gateway", .string, .always, required: true, "The gateway."),
            Field(2, "system", .string, .always, required: true, "The system."),
            Field(
                3, "secretRef", .object(localObjectReference), .nullable, required: true, atomic: true,
                "The Secret with credentials."),
            Field(4, "sslEnabled", .bool, "The ssl enabled."),
            Field(5, "protectionDomain", .string, "The protection domain."),
            Field(6, "storagePool", .string, "The storage pool."),
            Field(7, "storageMode", .string, "The storage mode."),
            Field(8, "volumeName", .string, "The volume that the claim is bound to."),
            Field(9, "fsType", .string, "The file system to mount."),
            Field(10, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let storageOSVolumeSource = StructSchema(
        core: "StorageOSVolumeSource", "A storage OS volume source.",
        [
            Field(1, "volumeName", .string, "The volume that the claim is bound to."),
            Field(2, "volumeNamespace", .string, "The volume namespace."),
            Field(3, "fsType", .string, "The file system to mount."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
            Field(
                5, "secretRef", .object(localObjectReference), .pointer, atomic: true, "The Secret with credentials."),
        ])
}
