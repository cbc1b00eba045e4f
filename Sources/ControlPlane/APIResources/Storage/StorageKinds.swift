import APIObjects
import APIPods
import JSONStream
import KubeAPI
import KubeSchema

extension ResourceDefinition {
    private static let group = "storage.k8s.io"

    static let persistentVolumes = ResourceDefinition(
        "persistentvolumes", returnsDeletedObject: true, strategy: PersistentVolumeStrategy())

    static let storageClasses = ResourceDefinition(
        "storageclasses", group: group, returnsDeletedObject: true,
        strategy: PlainStrategy(
            table: .storageClasses,
            defaults: { object in
                if object["reclaimPolicy"] == nil { object["reclaimPolicy"] = "Delete" }
                if object["volumeBindingMode"] == nil { object["volumeBindingMode"] = "Immediate" }
            },
            rules: { object, old in
                let provisioner = object.text("provisioner")
                let path = FieldPath("provisioner")
                return
                    (provisioner.isEmpty
                    ? [.required(path)] : FieldError.named(provisioner.lowercased(), path, by: Names.qualifiedName))
                    + FieldError.oneOf(
                        ["Delete", "Retain"], object.text("reclaimPolicy"), FieldPath("reclaimPolicy"))
                    + FieldError.oneOf(
                        ["Immediate", "WaitForFirstConsumer"], object.text("volumeBindingMode"),
                        FieldPath("volumeBindingMode"))
                    + PlainStrategy.immutable(
                        ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"], object, old)
            }))

    static let csiNodes = ResourceDefinition(
        "csinodes", group: group, returnsDeletedObject: true,
        strategy: PlainStrategy(
            table: .csiNodes, metadataRules: MetadataRules(update: .object), needsVersionToUpdate: true))

    static let csiDrivers = ResourceDefinition(
        "csidrivers", group: group, returnsDeletedObject: true,
        strategy: PlainStrategy(
            table: .csiDrivers,
            defaults: { object in
                object.edit("spec") { spec in
                    for (field, value) in [
                        ("attachRequired", true), ("podInfoOnMount", false), ("storageCapacity", false),
                        ("requiresRepublish", false), ("seLinuxMount", false),
                    ] where spec[field] == nil { spec[field] = .bool(value) }
                    if spec["fsGroupPolicy"] == nil { spec["fsGroupPolicy"] = "ReadWriteOnceWithFSType" }
                    if spec.items("volumeLifecycleModes").isEmpty { spec["volumeLifecycleModes"] = ["Persistent"] }
                }
            }, metadataRules: MetadataRules(update: .change), needsVersionToUpdate: true))

    static let csiStorageCapacities = ResourceDefinition(
        "csistoragecapacities", group: group,
        strategy: PlainStrategy(
            table: .csiStorageCapacities,
            rules: { object, old in
                VolumeValidation.required(object, ["storageClassName"], FieldPath(""))
                    + PlainStrategy.immutable(["nodeTopology", "storageClassName"], object, old)
            }))

    static let volumeAttachments = ResourceDefinition(
        "volumeattachments", group: group, returnsDeletedObject: true,
        strategy: PlainStrategy(
            table: .volumeAttachments,
            rules: { object, old in
                VolumeValidation.required(object["spec"] ?? [:], ["attacher", "nodeName"], FieldPath("spec"))
                    + PlainStrategy.immutable(["spec"], object, old)
            }, status: KubeSchema["storage.v1.VolumeAttachmentStatus"], needsVersionToUpdate: true))
}

struct PersistentVolumeStrategy: ResourceStrategy {
    private static let protection: JSONValue = "kubernetes.io/pv-protection"
    private static let modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.setDefault("persistentVolumeReclaimPolicy", "Retain")
            if spec["volumeMode"] == nil { spec["volumeMode"] = "Filesystem" }
            spec.edit("hostPath") { source in if source["type"] == nil { source["type"] = "" } }
            VolumeDefaults.provider(&spec)
        }
        object.editOrMake("status") { $0.setDefault("phase", "Pending") }
    }

    func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {
        guard old == nil else { return }
        object.editOrMake("metadata") { metadata in
            let finalizers = metadata.items("finalizers")
            guard !finalizers.contains(Self.protection) else { return }
            metadata["finalizers"] = .array(finalizers + [Self.protection])
        }
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = ["phase": "Pending", "lastPhaseTransitionTime": .string(Timestamp.now().text())]
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        object["spec"] = old["spec"]
        guard object["status"]?.text("phase") != old["status"]?.text("phase") else { return }
        object.editOrMake("status") { $0["lastPhaseTransitionTime"] = .string(Timestamp.now().text()) }
    }

    private var sources: [String] { KubeSchema["core.v1.PersistentVolumeSource"].fields.map(\.name) }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        let modes = spec.strings("accessModes")
        if modes.isEmpty { errors.append(.required(path.child("accessModes"))) }
        for mode in modes where !Self.modes.contains(mode) {
            errors.append(.notSupported(path.child("accessModes"), .string(mode), Self.modes))
        }
        let capacity = spec.sortedMembers("capacity")
        if capacity.isEmpty { errors.append(.required(path.child("capacity"))) }
        if capacity.map(\.key) != ["storage"] {
            errors.append(
                .notSupported(path.child("capacity"), spec["capacity"] ?? .null, ["storage"]))
        }
        for (name, amount) in capacity {
            errors += ResourceValidation.quantity(name, amount, path.child("capacity").key(name))
            if Quantity.value(amount.stringValue ?? "") == 0 {
                errors.append(.invalid(path.child("capacity").key(name), amount, "must be greater than zero"))
            }
        }
        errors += FieldError.oneOf(
            ["Delete", "Recycle", "Retain"], spec.text("persistentVolumeReclaimPolicy"),
            path.child("persistentVolumeReclaimPolicy"))
        return errors + source(spec, path)
    }

    private func source(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        let present = sources.filter { spec.has($0) }
        guard let first = present.first else { return [.required(path, "must specify a volume type")] }
        let source = spec[first] ?? [:]
        var errors: [FieldError] =
            switch first {
            case "hostPath": VolumeValidation.hostPath(source, path.child(first))
            case "csi":
                VolumeValidation.driverName(source.text("driver"), path.child("csi").child("driver"))
                    + VolumeValidation.required(source, ["volumeHandle"], path.child("csi"))
            case "iscsi": ProviderVolumeValidation.iscsi(source, name: "", path, path.child(first))
            default: ProviderVolumeValidation.validate(first, source, path.child(first))
            }
        if first == "local", !spec.has("nodeAffinity") {
            errors.append(.required(FieldPath("metadata.annotations"), "Local volume requires node affinity"))
        }
        for other in present.dropFirst() {
            errors.append(.forbidden(path.child(other), "may not specify more than 1 volume type"))
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let errors = validateCreate(object, context)
        func fixed(_ object: JSONValue) -> JSONValue {
            .array(sources.map { object["spec"]?[$0] ?? .null }).prunedOfEmpty
        }
        guard fixed(object) != fixed(old) else { return errors }
        return errors + [
            .forbidden(
                FieldPath("spec.persistentvolumesource"), "spec.persistentvolumesource is immutable after creation")
        ]
    }

    var table: TableDefinition { .persistentVolumes }
}
