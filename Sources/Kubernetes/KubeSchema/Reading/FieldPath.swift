/// Where a field is, such as `spec.ports[0].name` or `metadata.annotations[a/b]`. Its text is built only for an error.
public struct FieldPath: Sendable, CustomStringConvertible {
    private enum Element: Sendable {
        case name(String)
        case index(Int)
        case key(String)
    }

    private final class Node: Sendable {
        let parent: Node?
        let element: Element

        init(_ parent: Node?, _ element: Element) {
            self.parent = parent
            self.element = element
        }
    }

    private let node: Node

    public init(_ first: String) { node = Node(nil, .name(first)) }
    private init(_ node: Node) { self.node = node }

    public func child(_ name: String) -> FieldPath { FieldPath(Node(node, .name(name))) }
    public func index(_ index: Int) -> FieldPath { FieldPath(Node(node, .index(index))) }
    public func key(_ key: String) -> FieldPath { FieldPath(Node(node, .key(key))) }

    public var description: String {
        var elements: [Element] = []
        var next: Node? = node
        while let node = next {
            elements.append(node.element)
            next = node.parent
        }
        return elements.reversed().reduce(into: "") { text, element in
            switch element {
            case .name(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += "[\(key)]"
            }
        }
    }
}
