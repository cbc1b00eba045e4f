/// Which Service has which frontend.
extension ServiceModel {
    mutating func claim(_ frontend: FrontendKey, _ slot: Int32) {
        guard let owner = owners[frontend] else {
            owners[frontend] = slot
            return
        }
        contenders[frontend, default: [owner]].append(slot)
        if isOlder(slot, than: owner) {
            owners[frontend] = slot
            dirty.insert(owner)
        }
    }

    /// The Service of the slot must still be what it was when it claimed.
    mutating func release(_ frontend: FrontendKey, _ slot: Int32) {
        guard var rest = contenders[frontend] else {
            owners[frontend] = nil
            return
        }
        rest.removeAll { $0 == slot }
        contenders[frontend] = rest.count > 1 ? rest : nil
        guard var oldest = rest.first else { return }
        for other in rest.dropFirst() where isOlder(other, than: oldest) { oldest = other }
        owners[frontend] = oldest
        // Losers have to name the new owner, and the new owner gets the frontend.
        if rest.count > 1 || owners[frontend] != slot { dirty.formUnion(rest) }
    }

    func isOlder(_ slot: Int32, than other: Int32) -> Bool {
        let (left, right) = (records[Int(slot)], records[Int(other)])
        let leftTime = left.service?.created ?? ""
        let rightTime = right.service?.created ?? ""
        if leftTime != rightTime { return rightTime.isEmpty || !leftTime.isEmpty && leftTime < rightTime }
        return left.key < right.key
    }
}
