import FoundationEssentials

/// Where the store's keys are in etcd: below a prefix, so that others can use the same etcd.
///
/// Beside them, just before the first of them, is the marker (see ``EtcdStore/requestProgress()``). It ends with a byte
/// that no text has, so that the range from it on holds nothing but it and the store's keys.
struct EtcdKeys: Hashable, Sendable {
    /// From the first key up to, but not with, the second.
    struct Range: Hashable, Sendable {
        var start: Data
        var end: Data
    }

    /// The key that kube-apiserver's servers agree by who compacts: for the whole etcd, not for one prefix.
    static let compaction = Data("compact_rev_key".utf8)

    private let prefix: String
    private let root: String

    /// - Parameters:
    ///   - prefix: as a user gives it: slashes around it do not matter.
    ///   - root: the beginning of all keys of the store, without a slash at its end.
    init(prefix: String, root: String) {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: true)
        self.prefix = parts.map { "/" + $0 }.joined()
        self.root = root
    }

    var marker: Data { Data(prefix.utf8) + [UInt8(ascii: "."), 0xFF] }

    /// The marker and all keys of the store.
    var watched: Range { Range(start: marker, end: Data(prefix.utf8) + [UInt8(ascii: "/") + 1]) }

    /// Nil for a key that is not one of this store.
    func data(_ key: String) -> Data? {
        guard key.utf8.starts(with: root.utf8) else { return nil }
        let rest = key.utf8.dropFirst(root.utf8.count)
        guard rest.first == UInt8(ascii: "/") else { return nil }
        return Data(prefix.utf8) + rest
    }

    /// Nil for what is no key of this store.
    func key(_ data: Data) -> String? {
        guard data.starts(with: prefix.utf8) else { return nil }
        let rest = data.dropFirst(prefix.utf8.count)
        guard rest.first == UInt8(ascii: "/"), let text = String(validating: rest, as: UTF8.self) else { return nil }
        return root + text
    }

    /// The keys that begin with a prefix, behind another key if one is given. Nil: there are none.
    func range(prefix wanted: String, after: String?) -> Range? {
        let all = Data(prefix.utf8) + [UInt8(ascii: "/")]
        var range = Range(start: all, end: Self.end(of: all))
        if let first = data(wanted) {
            range = Range(start: first, end: Self.end(of: first))
        } else if !(root + "/").utf8.starts(with: wanted.utf8) {
            return nil
        }
        if let after {
            // The next key in the order of bytes.
            guard let last = data(after) else { return nil }
            range.start = max(range.start, last + [0])
        }
        return range.start.lexicographicallyPrecedes(range.end) ? range : nil
    }

    /// What follows all keys that begin with these bytes, which are text and so never all 0xFF.
    private static func end(of prefix: Data) -> Data {
        var end = prefix
        if let last = end.popLast() { end.append(last + 1) }
        return end
    }

    private func max(_ left: Data, _ right: Data) -> Data { left.lexicographicallyPrecedes(right) ? right : left }
}
