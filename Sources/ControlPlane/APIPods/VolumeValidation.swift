package import APIObjects
package import JSONStream
import KubeAPI
package import KubeSchema

/// The rules of a pod's volumes.
package struct VolumeValidation {
    static let modeRange = "must be a number between 0 and 0777 (octal), both inclusive"
    /// In the order that upstream looks at them, with the names that it gives them in errors.
    private static let sources: [(name: String, second: String, inside: String)] = [
        ("emptyDir", "emptyDir", "emptyDir"), ("hostPath", "hostPath", "hostPath"), ("gitRepo", "gitRepo", "gitRepo"),
        ("gcePersistentDisk", "gcePersistentDisk", "persistentDisk"),
        ("awsElasticBlockStore", "awsElasticBlockStore", "awsElasticBlockStore"), ("secret", "secret", "secret"),
        ("nfs", "nfs", "nfs"), ("iscsi", "iscsi", "iscsi"), ("glusterfs", "glusterfs", "glusterfs"),
        ("flocker", "flocker", "flocker"),
        ("persistentVolumeClaim", "persistentVolumeClaim", "persistentVolumeClaim"), ("rbd", "rbd", "rbd"),
        ("cinder", "cinder", "cinder"), ("cephfs", "cephFS", "cephfs"), ("quobyte", "quobyte", "quobyte"),
        ("downwardAPI", "downwarAPI", "downwardAPI"), ("fc", "fc", "fc"), ("flexVolume", "flexVolume", "flexVolume"),
        ("configMap", "configMap", "configMap"), ("azureFile", "azureFile", "azureFile"),
        ("vsphereVolume", "vsphereVolume", "vsphereVolume"),
        ("photonPersistentDisk", "photonPersistentDisk", "photonPersistentDisk"),
        ("portworxVolume", "portworxVolume", "portworxVolume"), ("azureDisk", "azureDisk", "azureDisk"),
        ("storageos", "storageos", "storageos"), ("projected", "projected", "projected"),
        ("scaleIO", "scaleIO", "scaleIO"), ("csi", "csi", "csi"), ("ephemeral", "ephemeral", "ephemeral"),
        ("image", "image", "image"),
    ]

    /// Nil in a template.
    let podName: String?

    /// The volumes without errors, by name, and the errors of the others.
    func validate(_ volumes: [JSONValue], _ path: FieldPath) -> ([String: JSONValue], [FieldError]) {
        var sound: [String: JSONValue] = [:]
        var errors: [FieldError] = []
        let made = Set(
            volumes.filter { $0.has("ephemeral") && podName != nil }.map { "\(podName ?? "")-\($0.text("name"))" })
        for (index, volume) in volumes.enumerated() {
            let item = path.index(index)
            let name = volume.text("name")
            var problems = source(volume, item)
            problems +=
                name.isEmpty
                ? [.required(item.child("name"))] : FieldError.named(name, item.child("name"), by: Names.dnsLabel)
            if sound[name] != nil { problems.append(.duplicate(item.child("name"), .string(name))) }
            if problems.isEmpty { sound[name] = volume }
            errors += problems
            if let claim = volume["persistentVolumeClaim"]?.text("claimName"), made.contains(claim) {
                errors.append(
                    .invalid(
                        item.child("persistentVolumeClaim").child("claimName"), .string(claim),
                        "must not reference a PVC that gets created for an ephemeral volume"))
            }
        }
        return (sound, errors)
    }

    private func source(_ volume: JSONValue, _ path: FieldPath) -> [FieldError] {
        let present = Self.sources.filter { volume.has($0.name) }
        guard let first = present.first else { return [.required(path, "must specify a volume type")] }
        var errors = check(first.name, volume[first.name] ?? [:], volume, path, path.child(first.inside))
        for other in present.dropFirst() {
            errors.append(.forbidden(path.child(other.second), "may not specify more than 1 volume type"))
        }
        return errors
    }

    private func check(
        _ kind: String, _ source: JSONValue, _ volume: JSONValue, _ outer: FieldPath, _ path: FieldPath
    ) -> [FieldError] {
        switch kind {
        case "emptyDir":
            guard let limit = source["sizeLimit"]?.stringValue, Quantity.isNegative(limit) else { return [] }
            return [
                .forbidden(path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity")
            ]
        case "hostPath": return Self.hostPath(source, path)
        case "secret": return Self.required(source, ["secretName"], path) + files(source, path)
        case "configMap": return Self.required(source, ["name"], path) + files(source, path)
        case "persistentVolumeClaim": return Self.required(source, ["claimName"], path)
        case "downwardAPI":
            return Self.mode(source, "defaultMode", path)
                + source.items("items").flatMap { Self.downwardFile($0, path) }
        case "projected":
            return Self.mode(source, "defaultMode", path)
                + ProjectionValidation(projection: source, path: path).validate()
        case "csi": return csi(source, path)
        case "ephemeral": return ephemeral(source, volume, outer, path)
        case "image": return image(source, path)
        case "iscsi": return ProviderVolumeValidation.iscsi(source, name: volume.text("name"), outer, path)
        default: return ProviderVolumeValidation.validate(kind, source, path)
        }
    }

    package static func required(_ source: JSONValue, _ fields: [String], _ path: FieldPath) -> [FieldError] {
        fields.filter { source.text($0).isEmpty }.map { .required(path.child($0)) }
    }

    package static func hostPath(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        let text = source.text("path")
        guard !text.isEmpty else { return [.required(path.child("path"))] }
        var errors = PathValidation.noBacksteps(text, path.child("path"))
        let types = [
            "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
        ]
        if let type = source["type"]?.stringValue, !types.contains(type) {
            errors.append(.notSupported(path.child("type"), .string(type), types))
        }
        return errors
    }

    static func mode(_ source: JSONValue, _ field: String, _ path: FieldPath) -> [FieldError] {
        guard let mode = source[field]?.integerValue, !(0...0o777).contains(mode) else { return [] }
        return [.invalid(path.child(field), .integer(mode), modeRange)]
    }

    private func files(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        Self.mode(source, "defaultMode", path)
            + source.items("items").enumerated().flatMap { Self.keyToPath($1, path.child("items").index($0)) }
    }

    static func keyToPath(_ item: JSONValue, _ path: FieldPath) -> [FieldError] {
        required(item, ["key", "path"], path)
            + PathValidation.localNotReserved(item.text("path"), path.child("path")) + mode(item, "mode", path)
    }

    static func downwardFile(_ file: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors = required(file, ["path"], path)
        errors += PathValidation.localNotReserved(file.text("path"), path.child("path"))
        if let field = file["fieldRef"], !field.isNull {
            errors += EnvironmentValidation.field(field, isVolume: true, path.child("fieldRef"))
            if file.has("resourceFieldRef") {
                errors.append(
                    .invalid(
                        path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
            }
        } else if let resource = file["resourceFieldRef"], !resource.isNull {
            errors += EnvironmentValidation.resource(resource, isVolume: true, path.child("resourceFieldRef"))
        } else {
            errors.append(.required(path, "one of fieldRef and resourceFieldRef is required"))
        }
        return errors + mode(file, "mode", path)
    }

    private func csi(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors = Self.driverName(source.text("driver"), path.child("driver"))
        if let secret = source["nodePublishSecretRef"], !secret.isNull {
            let field = path.child("nodePublishSecretRef").child("name")
            let name = secret.text("name")
            errors += name.isEmpty ? [.required(field)] : FieldError.named(name, field, by: Names.dnsSubdomain)
        }
        return errors
    }

    package static func driverName(_ name: String, _ path: FieldPath) -> [FieldError] {
        guard !name.isEmpty else { return [.required(path)] }
        var errors: [FieldError] = []
        if name.utf8.count > 63 { errors.append(.tooLong(path, most: 63)) }
        return errors + FieldError.named(name.lowercased(), path, by: Names.dnsSubdomain)
    }

    private func ephemeral(
        _ source: JSONValue, _ volume: JSONValue, _ outer: FieldPath, _ path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let templatePath = path.child("volumeClaimTemplate")
        if let template = source["volumeClaimTemplate"], !template.isNull {
            let metadata = template["metadata"] ?? [:]
            errors += MetadataValidation.labels(metadata["labels"], templatePath.child("metadata").child("labels"))
            errors += MetadataValidation.annotations(
                metadata["annotations"], templatePath.child("metadata").child("annotations"))
            errors += PersistentVolumeClaimStrategy.validate(
                spec: template["spec"] ?? [:], templatePath.child("spec"))
        } else {
            errors.append(.required(templatePath))
        }
        let name = volume.text("name")
        if let podName, !podName.isEmpty, !name.isEmpty {
            errors += Names.dnsSubdomain("\(podName)-\(name)").map {
                .invalid(outer.child("name"), .string(name), "PVC name \"\(podName)-\(name)\": \($0)")
            }
        }
        return errors
    }

    private func image(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors = podName == nil ? [] : Self.required(source, ["reference"], path)
        let policy = source.text("pullPolicy")
        errors += FieldError.oneOf(["Always", "IfNotPresent", "Never"], policy, path.child("pullPolicy"))
        return errors
    }
}
