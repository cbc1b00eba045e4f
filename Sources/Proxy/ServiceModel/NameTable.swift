/// Numbers for recurring names, such as those of nodes: two bytes instead of a string.
struct NameTable: Sendable {
    private var names: [String] = []
    private var numbers: [String: UInt16] = [:]

    init() {}

    /// 1...65535, the same for the same name; 0 for an empty name, and for new ones when there is no number left.
    mutating func number(of name: String) -> UInt16 {
        if name.isEmpty { return 0 }
        if let number = numbers[name] { return number }
        guard let number = UInt16(exactly: names.count + 1) else { return 0 }
        names.append(name)
        numbers[name] = number
        return number
    }

    /// 0: nobody has been called so.
    func known(_ name: String) -> UInt16 { numbers[name] ?? 0 }
}

enum PodName {
    /// Never 0. Differs from process to process.
    static func hash(_ name: String) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(name)
        return max(1, UInt32(truncatingIfNeeded: hasher.finalize()))
    }
}
