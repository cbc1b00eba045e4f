/// The modules of the running kernel.
package struct KernelModules: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case loaded
        case builtIn
        /// Its file exists, but it is not loaded.
        case installed
        /// The host has no module of this name.
        case absent
        /// The kernel's modules cannot be read here.
        case unknown
    }

    /// Whether this kernel loads modules at all.
    package var areSupported = true
    package var loaded: Set<String> = []
    package var builtIn: Set<String> = []
    /// Nil if this kernel's directory in /lib/modules is missing.
    package var installed: Set<String>?

    package init(
        areSupported: Bool = true, loaded: Set<String> = [], builtIn: Set<String> = [], installed: Set<String>? = []
    ) {
        self.areSupported = areSupported
        self.loaded = loaded
        self.builtIn = builtIn
        self.installed = installed
    }

    package func state(_ name: String) -> State {
        if loaded.contains(name) { return .loaded }
        if builtIn.contains(name) { return .builtIn }
        guard areSupported else { return .builtIn }
        guard let installed else { return .unknown }
        return installed.contains(name) ? .installed : .absent
    }

    /// Modules that nothing loads when they are needed: programs of iptables do it themselves, and the proxy starts none.
    private static let loadedByHand: Set = ["ip_tables", "ip6_tables"]

    /// Whether the feature's modules have to be loaded by hand first.
    package func needLoading(_ names: [String]) -> Bool {
        names.contains { Self.loadedByHand.contains($0) && state($0) == .installed }
    }

    // MARK: Texts

    /// The first word of each line of /proc/modules.
    package static func loaded(_ text: String) -> Set<String> {
        Set(lines(text).compactMap { $0.split(separator: UInt8(ascii: " ")).first }.map { normalized($0) })
    }

    /// The names of the files in modules.dep or modules.builtin: `kernel/net/netfilter/nf_tables.ko.xz: ...`.
    package static func files(_ text: String) -> Set<String> {
        var names: Set<String> = []
        for line in lines(text) {
            let path = line.prefix { $0 != UInt8(ascii: ":") }
            let file = path.suffix(
                from: path.lastIndex(of: UInt8(ascii: "/")).map { path.index(after: $0) } ?? path.startIndex)
            guard let end = file.firstIndex(of: UInt8(ascii: ".")), file[end...].starts(with: ".ko".utf8) else {
                continue
            }
            names.insert(normalized(file[..<end]))
        }
        return names
    }

    /// Bytes: there are thousands of lines.
    private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        Array(text.utf8).split(separator: UInt8(ascii: "\n"))
    }

    /// Files may be written with `-` where the kernel has `_`.
    private static func normalized(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}
