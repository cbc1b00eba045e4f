import APIObjects
import JSONStream
import KubeSchema

/// The rules of a container's mounts and block devices.
struct VolumeMountValidation {
    let container: JSONValue
    /// The pod's volumes by name.
    let volumes: [String: JSONValue]

    func validate(_ path: FieldPath) -> [FieldError] {
        mounts(path.child("volumeMounts")) + devices(path.child("volumeDevices"))
    }

    private func mounts(_ path: FieldPath) -> [FieldError] {
        let deviceNames = Set(container.items("volumeDevices").map { $0.text("name") })
        let devicePaths = Set(container.items("volumeDevices").map { $0.text("devicePath") })
        var paths: Set<String> = []
        var errors: [FieldError] = []
        for (index, mount) in container.items("volumeMounts").enumerated() {
            let item = path.index(index)
            let name = mount.text("name")
            let target = mount.text("mountPath")
            if name.isEmpty { errors.append(.required(item.child("name"))) }
            if volumes[name] == nil { errors.append(.notFound(item.child("name"), .string(name))) }
            if target.isEmpty { errors.append(.required(item.child("mountPath"))) }
            if !paths.insert(target).inserted {
                errors.append(.invalid(item.child("mountPath"), .string(target), "must be unique"))
            }
            if deviceNames.contains(name) {
                errors.append(
                    .invalid(item.child("name"), .string(name), "must not already exist in volumeDevices"))
            }
            if devicePaths.contains(target) {
                errors.append(
                    .invalid(
                        item.child("mountPath"), .string(target), "must not already exist as a path in volumeDevices"))
            }
            errors += subPaths(mount, item, path)
            errors += propagation(mount, path)
        }
        return errors
    }

    /// Upstream names the list here, not the item of it.
    private func subPaths(_ mount: JSONValue, _ item: FieldPath, _ list: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let fields = ["subPath", "subPathExpr"].filter { !mount.text($0).isEmpty }
        if volumes[mount.text("name")]?.has("image") == true {
            for field in fields {
                errors.append(
                    .invalid(
                        item.child(field), .string(mount.text(field)), "not allowed in image volume sources"))
            }
        }
        if fields.count == 2 {
            errors.append(
                .invalid(
                    item.child("subPathExpr"), .string(mount.text("subPathExpr")),
                    "subPathExpr and subPath are mutually exclusive"))
        }
        for field in fields { errors += PathValidation.local(mount.text(field), list.child(field)) }
        return errors
    }

    private func propagation(_ mount: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let propagation = mount["mountPropagation"]?.stringValue
        if let propagation {
            let supported = ["Bidirectional", "HostToContainer", "None"]
            if !supported.contains(propagation) {
                errors.append(.notSupported(path.child("mountPropagation"), .string(propagation), supported))
            }
            if propagation == "Bidirectional", container["securityContext"]?.flag("privileged") != true {
                errors.append(
                    .forbidden(
                        path.child("mountPropagation"),
                        "Bidirectional mount propagation is available only to privileged containers"))
            }
        }
        guard let recursive = mount["recursiveReadOnly"]?.stringValue else { return errors }
        let field = path.child("recursiveReadOnly")
        switch recursive {
        case "Disabled": return errors
        case "Enabled", "IfPossible":
            if !mount.flag("readOnly") {
                errors.append(.forbidden(field, "may only be specified when readOnly is true"))
            }
            if let propagation, propagation != "None" {
                errors.append(
                    .forbidden(field, "may only be specified when mountPropagation is None or not specified"))
            }
            return errors
        default:
            return errors + [
                .notSupported(field, .string(recursive), ["Disabled", "Enabled", "IfPossible"])
            ]
        }
    }

    private func devices(_ path: FieldPath) -> [FieldError] {
        let mountNames = Set(container.items("volumeMounts").map { $0.text("name") })
        let mountPaths = Set(container.items("volumeMounts").map { $0.text("mountPath") })
        var names: Set<String> = []
        var paths: Set<String> = []
        var errors: [FieldError] = []
        func wrong(_ field: FieldPath, _ text: String, _ problem: String) {
            errors.append(.invalid(field, .string(text), problem))
        }
        for (index, device) in container.items("volumeDevices").enumerated() {
            let name = device.text("name")
            let target = device.text("devicePath")
            let (nameField, pathField) = (path.index(index).child("name"), path.index(index).child("devicePath"))
            if name.isEmpty { errors.append(.required(nameField)) }
            if names.contains(name) { wrong(nameField, name, "must be unique") }
            if let volume = volumes[name] {
                if !volume.has("persistentVolumeClaim"), !volume.has("ephemeral") {
                    wrong(
                        nameField, name,
                        "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode")
                }
            } else {
                errors.append(.notFound(nameField, .string(name)))
            }
            if target.isEmpty { errors.append(.required(pathField)) }
            if paths.contains(target) { wrong(pathField, target, "must be unique") }
            if !PathValidation.noBacksteps(target, pathField).isEmpty {
                wrong(pathField, target, "can not contain backsteps ('..')")
            } else {
                paths.insert(target)
            }
            if mountNames.contains(name) { wrong(nameField, name, "must not already exist in volumeMounts") }
            if mountPaths.contains(target) {
                wrong(pathField, target, "must not already exist as a path in volumeMounts")
            }
            if !name.isEmpty { names.insert(name) }
        }
        return errors
    }
}
