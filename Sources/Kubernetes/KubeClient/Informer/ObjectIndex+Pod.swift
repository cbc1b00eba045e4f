public import KubeAPI

extension ObjectIndex<Pod> {
    /// Pods by the name of their node.
    public static var node: ObjectIndex {
        ObjectIndex("node") { $0.spec.nodeName.isEmpty ? [] : [$0.spec.nodeName] }
    }
}

extension InformerCache<Pod> {
    /// The pods of a node, sorted by key; their informer must have the index ``ObjectIndex/node``.
    public func onNode(_ name: String) -> [Pod] { objects(ObjectIndex<Pod>.node.name, name) }
}
