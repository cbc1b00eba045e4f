extension TableImage {
    /// The chain whose rules begin at this position.
    func chain(at body: Int) -> Int? {
        var low = 0
        var high = chains.count
        while low < high {
            let middle = (low + high) / 2
            if self.body(chains[middle]) < body { low = middle + 1 } else { high = middle }
        }
        return low < chains.count && self.body(chains[low]) == body ? low : nil
    }

    /// The jumps whose verdicts are in a range of bytes.
    func jumps(in range: Range<Int>) -> ArraySlice<Int> {
        jumps[jumps.firstPlace(notBelow: range.lowerBound) { $0 }..<jumps.firstPlace(notBelow: range.upperBound) { $0 }]
    }

    func forEachJump(in range: Range<Int>, _ body: (Int) -> Void) {
        for jump in jumps(in: range) where !isFallThrough(jump) { body(jump) }
    }

    /// The chain that the entry at this position leads to.
    func jumpTarget(_ position: Int) -> Int? {
        let verdict = target(position) + EntryLayout.extensionHeader
        let place = jumps.firstPlace(notBelow: verdict) { $0 }
        guard place < jumps.count, jumps[place] == verdict, !isFallThrough(verdict) else { return nil }
        return chain(at: destination(verdict))
    }

    func identity(_ position: Int, isExact: Bool = false) -> UInt64 {
        let verdict = target(position) + EntryLayout.extensionHeader
        let place = jumps.firstPlace(notBelow: verdict) { $0 }
        guard place < jumps.count, jumps[place] == verdict else {
            return EntryIdentity.of(bytes, position, layout, destination: nil, isExact: isExact)
        }
        let destination = isFallThrough(verdict) ? 1 : chain(at: destination(verdict)).map { chains[$0].name.digest }
        return EntryIdentity.of(bytes, position, layout, destination: destination ?? 0, isExact: isExact)
    }
}

extension [RuleEncoder.Jump] {
    func within(_ range: Range<Int>) -> ArraySlice<RuleEncoder.Jump> {
        self[firstPlace(notBelow: range.lowerBound, \.position)..<firstPlace(notBelow: range.upperBound, \.position)]
    }

    func chain(at position: Int) -> ChainName? {
        let place = firstPlace(notBelow: position, \.position)
        return place < count && self[place].position == position ? self[place].chain : nil
    }
}

extension Array {
    /// Where in an ascending array the values begin that are not below this one.
    func firstPlace(notBelow bound: Int, _ value: (Element) -> Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if value(self[middle]) < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [UInt8] {
    mutating func overwrite(at place: Int, with source: [UInt8], _ range: Range<Int>) {
        precondition(place >= 0 && place + range.count <= count && range.upperBound <= source.count)
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[place..<place + range.count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
            }
        }
    }
}
