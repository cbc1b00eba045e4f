import KubeAPI
import KubeClient

extension ObjectIndex {
    /// Objects by the uid of the object that manages them; those that nobody manages by ``orphans(in:)``.
    static var controller: ObjectIndex {
        ObjectIndex("controller") { object in
            [object.metadata.controller?.uid ?? orphans(in: object.metadata.namespace)]
        }
    }

    static func orphans(in namespace: String) -> String { "orphans/\(namespace)" }

    static var namespace: ObjectIndex { ObjectIndex("namespace") { [$0.metadata.namespace] } }
}

extension InformerCache {
    /// What an object manages, and what it could adopt.
    func candidates(for owner: ObjectMeta) -> [Object] {
        objects("controller", owner.uid)
            + objects("controller", ObjectIndex<Object>.orphans(in: owner.namespace))
    }

    func managed(by uid: String) -> [Object] { objects("controller", uid) }

    func inNamespace(_ namespace: String) -> [Object] { objects("namespace", namespace) }

    /// The object that manages another one, unless it is of another kind or only has the same name.
    func owner(of metadata: ObjectMeta) -> Object? {
        guard let reference = metadata.controller, reference.kind == Object.kind,
            let owner = self[ObjectKey(namespace: metadata.namespace, name: reference.name)],
            owner.metadata.uid == reference.uid
        else { return nil }
        return owner
    }
}
