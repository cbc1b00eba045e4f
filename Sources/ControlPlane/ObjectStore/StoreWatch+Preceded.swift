extension StoreWatch {
    /// The same events after those of `first`, pulled as they are read, so that nothing waits in between.
    func preceded(by first: [StoreEvent]) -> StoreWatch {
        guard !first.isEmpty else { return self }
        let source = PrecededSource(first: first, rest: self)
        return StoreWatch { try await source.next() }
    }
}

private actor PrecededSource {
    private var first: [StoreEvent]
    private let rest: StoreWatch

    init(first: [StoreEvent], rest: StoreWatch) {
        self.first = first
        self.rest = rest
    }

    func next() async throws -> [StoreEvent]? {
        if !first.isEmpty {
            defer { first = [] }
            return first
        }
        for try await batch in rest { return batch }
        return nil
    }
}
