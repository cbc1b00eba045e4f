/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let glusterfsPersistentVolumeSource = StructSchema(
        core: "GlusterfsPersistentVolumeSource", "A glusterfs persistent volume source.",
        [
            Field(1, "endpoints", .string, .always, required: true, "The endpoints."),
            Field(2, "path", .string, .always, required: true, "The path."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(4, "endpointsNamespace", .string, .pointer, "The endpoints namespace."),
        ])

    static let rbdPersistentVolumeSource = StructSchema(
        core: "RBDPersistentVolumeSource", "A RBD persistent volume source.",
        [
            Field(1, "monitors", .array(.string), .always, required: true, "The monitors."),
            Field(2, "image", .string, .always, required: true, "A container image as a read-only directory."),
            Field(3, "fsType", .string, "The file system to mount."),
            Field(4, "pool", .string, "The pool."),
            Field(5, "user", .string, "The user."),
            Field(6, "keyring", .string, "The keyring."),
            Field(7, "secretRef", .object(secretReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(8, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let iscsiPersistentVolumeSource = StructSchema(
        core: "ISCSIPersistentVolumeSource", "An ISCSI persistent volume source.",
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
            Field(10, "secretRef", .object(secretReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(12, "initiatorName", .string, .pointer, "The initiator name."),
        ])

    static let cinderPersistentVolumeSource = StructSchema(
        core: "CinderPersistentVolumeSource", "A cinder persistent volume source.",
        [
            Field(1, "volumeID", .string, .always, required: true, "The volume id."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(4, "secretRef", .object(secretReference), .pointer, atomic: true, "The Secret with credentials."),
        ])

    static let cephFSPersistentVolumeSource = StructSchema(
        core: "CephFSPersistentVolumeSource", "A ceph FS persistent volume source.",
        [
            Field(1, "monitors", .array(.string), .always, required: true, "The monitors."),
            Field(2, "path", .string, "The path."),
            Field(3, "user", .string, "The user."),
            Field(4, "secretFile", .string, "The secret file."),
            Field(5, "secretRef", .object(secretReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(6, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let flexPersistentVolumeSource = StructSchema(
        core: "FlexPersistentVolumeSource", "A flex persistent volume source.",
        [
            Field(1, "driver", .string, .always, required: true, "The name of the driver."),
            Field(2, "fsType", .string, "The file system to mount."),
            Field(3, "secretRef", .object(secretReference), .pointer, atomic: true, "The Secret with credentials."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
            Field(5, "options", .map(.string), "Options."),
        ])

    static let azureFilePersistentVolumeSource = StructSchema(
        core: "AzureFilePersistentVolumeSource", "An azure file persistent volume source.",
        [
            Field(1, "secretName", .string, .always, required: true, "The name of the Secret."),
            Field(2, "shareName", .string, .always, required: true, "The share name."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(4, "secretNamespace", .string, .nullable, "The secret namespace."),
        ])

    static let scaleIOPersistentVolumeSource = StructSchema(
        core: "ScaleIOPersistentVolumeSource", "A scale IO persistent volume source.",
        [
            Field(1, "gateway", .string, .always, required: true, "The gateway."),
            Field(2, "system", .string, .always, required: true, "The system."),
            Field(
                3, "secretRef", .object(secretReference), .nullable, required: true, atomic: true,
                "The Secret with credentials."),
            Field(4, "sslEnabled", .bool, "The ssl enabled."),
            Field(5, "protectionDomain", .string, "The protection domain."),
            Field(6, "storagePool", .string, "The storage pool."),
            Field(7, "storageMode", .string, "The storage mode."),
            Field(8, "volumeName", .string, "The volume that the claim is bound to."),
            Field(9, "fsType", .string, "The file system to mount."),
            Field(10, "readOnly", .bool, "Whether it cannot be written."),
        ])

    static let storageOSPersistentVolumeSource = StructSchema(
        core: "StorageOSPersistentVolumeSource", "A storage OS persistent volume source.",
        [
            Field(1, "volumeName", .string, "The volume that the claim is bound to."),
            Field(2, "volumeNamespace", .string, "The volume namespace."),
            Field(3, "fsType", .string, "The file system to mount."),
            Field(4, "readOnly", .bool, "Whether it cannot be written."),
            Field(5, "secretRef", .object(objectReference), .pointer, atomic: true, "The Secret with credentials."),
        ])
}
