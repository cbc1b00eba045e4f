/// Elements in order, stored in pieces: a long list does not move as it grows, and shrinks in memory while it is
/// consumed.
package struct ElementList: Hashable, Sendable, Sequence, ExpressibleByArrayLiteral {
    /// Elements in a piece.
    private static let pieceSize = 4096

    /// All but the last are full, so that equal lists have equal pieces.
    private var pieces: [[Element]] = []

    package init() {}

    package init(arrayLiteral elements: Element...) {
        for element in elements { append(element) }
    }

    package var isEmpty: Bool { pieces.isEmpty }
    package var count: Int { pieces.last.map { (pieces.count - 1) * Self.pieceSize + $0.count } ?? 0 }

    package mutating func append(_ element: Element) {
        if let last = pieces.last, last.count < Self.pieceSize {
            pieces[pieces.count - 1].append(element)
            return
        }
        var piece: [Element] = []
        if !pieces.isEmpty { piece.reserveCapacity(Self.pieceSize) }
        piece.append(element)
        pieces.append(piece)
    }

    /// Removes and returns the first elements; nil if none are left.
    package mutating func takePiece() -> [Element]? { pieces.isEmpty ? nil : pieces.removeFirst() }

    package func makeIterator() -> some IteratorProtocol<Element> { pieces.joined().makeIterator() }
}
