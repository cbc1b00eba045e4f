package import APIObjects
package import JSONStream
package import KubeSchema

/// The rules of volumes that storage providers have, of pods and of persistent volumes.
package enum ProviderVolumeValidation {
    private static let neededTexts: [String: [String]] = [
        "gcePersistentDisk": ["pdName"], "awsElasticBlockStore": ["volumeID"], "gitRepo": ["repository"],
        "nfs": ["server", "path"], "glusterfs": ["endpoints", "path"], "cinder": ["volumeID"],
        "flexVolume": ["driver"], "azureFile": ["secretName", "shareName"], "vsphereVolume": ["volumePath"],
        "photonPersistentDisk": ["pdID"], "portworxVolume": ["volumeID"], "azureDisk": ["diskName", "diskURI"],
        "scaleIO": ["gateway", "system", "volumeName"], "rbd": [], "local": ["path"],
    ]

    package static func validate(_ kind: String, _ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["monitors"] where ["rbd", "cephfs"].contains(kind) && source.items(list).isEmpty {
            errors.append(.required(path.child(list)))
        }
        errors += VolumeValidation.required(source, neededTexts[kind] ?? [], path)
        switch kind {
        case "gcePersistentDisk", "awsElasticBlockStore":
            errors += range(source, "partition", path)
        case "gitRepo":
            errors += PathValidation.local(source.text("directory"), path.child("directory"))
        case "nfs":
            if !source.text("path").hasPrefix("/") {
                errors.append(
                    .invalid(path.child("path"), .string(source.text("path")), "must be an absolute path"))
            }
        case "rbd": errors += VolumeValidation.required(source, ["image"], path)
        case "fc": errors += fibreChannel(source, path)
        case "flexVolume": errors += flexOptions(source, path)
        case "flocker": errors += flocker(source, path)
        case "quobyte": errors += quobyte(source, path)
        case "azureDisk": errors += azureDisk(source, path)
        case "storageos": errors += storageOS(source, path)
        case "cinder", "scaleIO":
            if source.has("secretRef") || kind == "scaleIO",
                source["secretRef"]?.text("name").isEmpty ?? true
            {
                errors.append(.required(path.child("secretRef").child("name")))
            }
        default: break
        }
        return errors
    }

    private static func range(_ source: JSONValue, _ field: String, _ path: FieldPath) -> [FieldError] {
        let number = source.number(field)
        return (0...255).contains(number)
            ? [] : [.invalid(path.child(field), .integer(number), "must be between 0 and 255, inclusive")]
    }

    package static func iscsi(
        _ source: JSONValue, name: String, _ outer: FieldPath, _ path: FieldPath
    ) -> [FieldError] {
        var errors = VolumeValidation.required(source, ["targetPortal", "iqn"], path)
        let target = source.text("iqn")
        if !target.isEmpty { errors += qualifiedName(target, path.child("iqn")) }
        errors += range(source, "lun", path)
        if source.flag("chapAuthDiscovery") || source.flag("chapAuthSession"), !source.has("secretRef") {
            errors.append(.required(path.child("secretRef")))
        }
        guard let initiator = source["initiatorName"]?.stringValue else { return errors }
        errors += qualifiedName(initiator, path.child("initiatorname"))
        if "\(name):\(source.text("targetPortal"))".utf8.count > 64 {
            errors.append(
                .invalid(
                    outer.child("name"), .string(name),
                    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
                        + "iscsi.initiatorName is specified."))
        }
        return errors
    }

    /// `iqn.YYYY-MM.DOMAIN:NAME`, or `eui.` or `naa.` with hexadecimal digits.
    private static func qualifiedName(_ name: String, _ path: FieldPath) -> [FieldError] {
        let isHex = { (text: Substring) in text.allSatisfy { $0.isHexDigit } }
        let rest = name.dropFirst(4)
        let isWell =
            switch name.prefix(4) {
            case "iqn.":
                rest.count > 8 && rest.dropFirst(4).first == "-" && rest.prefix(4).allSatisfy(\.isNumber)
                    && rest.dropFirst(7).first == "."
            case "eui.": rest.count == 16 && isHex(rest)
            case "naa.": rest.count == 32 && isHex(rest)
            default: false
            }
        if isWell { return [] }
        let isKnown = ["iqn", "eui", "naa"].contains { name.hasPrefix($0) }
        return [
            .invalid(
                path, .string(name),
                isKnown ? "must be valid format" : "must be valid format starting with iqn, eui, or naa")
        ]
    }

    private static func fibreChannel(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        let field = path.child("targetWWNs")
        let (targets, ids) = (source.items("targetWWNs"), source.items("wwids"))
        var errors: [FieldError] = []
        if targets.isEmpty, ids.isEmpty {
            errors.append(.required(field, "must specify either targetWWNs or wwids, but not both"))
        }
        if !targets.isEmpty, !ids.isEmpty {
            errors.append(
                .invalid(
                    field, .array(targets), "targetWWNs and wwids can not be specified simultaneously"))
        }
        guard !targets.isEmpty else { return errors }
        guard source["lun"]?.integerValue != nil else {
            return errors + [.required(path.child("lun"), "lun is required if targetWWNs is specified")]
        }
        return errors + range(source, "lun", path)
    }

    private static func flexOptions(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        source.sortedMembers("options").filter { key, _ in
            let namespace = "." + (key.split(separator: "/").first ?? "").lowercased()
            return namespace.hasSuffix(".kubernetes.io") || namespace.hasSuffix(".k8s.io")
        }.map {
            .invalid(
                path.child("options").key($0.key), .string($0.key),
                "kubernetes.io and k8s.io namespaces are reserved")
        }
    }

    private static func flocker(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        let (name, uuid) = (source.text("datasetName"), source.text("datasetUUID"))
        var errors: [FieldError] = []
        if name.isEmpty, uuid.isEmpty {
            errors.append(.required(path, "one of datasetName and datasetUUID is required"))
        }
        if !name.isEmpty, !uuid.isEmpty {
            errors.append(
                .invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously"))
        }
        if name.contains("/") {
            errors.append(.invalid(path.child("datasetName"), .string(name), "must not contain '/'"))
        }
        return errors
    }

    private static func quobyte(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        let problem = "must be a host:port pair or multiple pairs separated by commas"
        let registry = source.text("registry")
        var errors: [FieldError] = []
        if registry.isEmpty {
            errors.append(.required(path.child("registry"), problem))
        } else if source.text("tenant").utf8.count >= 65 {
            errors.append(
                .required(path.child("tenant"), "must be a UUID and may not exceed a length of 64 characters"))
        } else {
            for pair in registry.split(separator: ",", omittingEmptySubsequences: false) where !pair.contains(":") {
                errors.append(.invalid(path.child("registry"), .string(registry), problem))
            }
        }
        return errors + VolumeValidation.required(source, ["volume"], path)
    }

    private static func azureDisk(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (field, supported) in [
            ("cachingMode", ["None", "ReadOnly", "ReadWrite"]), ("kind", ["Dedicated", "Managed", "Shared"]),
        ] {
            guard let text = source[field]?.stringValue, !supported.contains(text) else { continue }
            errors.append(.notSupported(path.child(field), .string(text), supported))
        }
        guard let kind = source["kind"]?.stringValue else { return errors }
        let form =
            kind == "Managed"
            ? "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
            : "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
        let uri = source.text("diskURI")
        if !uri.hasPrefix(kind == "Managed" ? "/subscriptions/" : "https://") {
            errors.append(.notSupported(path.child("diskURI"), .string(uri), [form]))
        }
        return errors
    }

    private static func storageOS(_ source: JSONValue, _ path: FieldPath) -> [FieldError] {
        let name = source.text("volumeName")
        var errors: [FieldError] =
            name.isEmpty
            ? [.required(path.child("volumeName"))]
            : FieldError.named(name, path.child("volumeName"), by: Names.dnsLabel)
        let namespace = source.text("volumeNamespace")
        if !namespace.isEmpty {
            errors += FieldError.named(namespace, path.child("volumeNamespace"), by: Names.dnsLabel)
        }
        if let secret = source["secretRef"], !secret.isNull, secret.text("name").isEmpty {
            errors.append(.required(path.child("secretRef").child("name")))
        }
        return errors
    }
}
