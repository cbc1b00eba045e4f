extension StoreWatch {
    /// The same batches after `first`, pulled as they are read, so that nothing waits in between.
    func preceded(by first: StoreBatch) -> StoreWatch {
        guard !first.events.isEmpty else { return self }
        let source = PrecededSource(first: first, rest: self)
        return StoreWatch { try await source.next() }
    }
}

private actor PrecededSource {
    private var first: StoreBatch?
    private let rest: StoreWatch

    init(first: StoreBatch, rest: StoreWatch) {
        self.first = first
        self.rest = rest
    }

    func next() async throws -> StoreBatch? {
        if let first {
            self.first = nil
            return first
        }
        for try await batch in rest { return batch }
        return nil
    }
}
