/// The modules of the running kernel.
package struct KernelModules: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case loaded
        case builtIn
        /// Its file is there, and it is not loaded.
        case installed
        /// The host has none of this name.
        case absent
        /// What the kernel has is not to be seen here.
        case unknown
    }

    /// Whether this kernel loads modules at all.
    package var areSupported = true
    package var loaded: Set<String> = []
    package var builtIn: Set<String> = []
    /// Nil: /lib/modules of this kernel is not there.
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

    // MARK: Texts

    /// The first word of each line of /proc/modules.
    package static func loaded(_ text: String) -> Set<String> {
        Set(text.split(separator: "\n").compactMap { $0.split(separator: " ").first }.map { normalized($0) })
    }

    /// The names of the files in modules.dep or modules.builtin: `kernel/net/netfilter/nf_tables.ko.xz: ...`.
    package static func files(_ text: String) -> Set<String> {
        var names: Set<String> = []
        for line in text.split(separator: "\n") {
            guard let path = line.split(separator: ":").first, let file = path.split(separator: "/").last,
                let end = file.firstRange(of: ".ko")
            else { continue }
            names.insert(normalized(file[..<end.lowerBound]))
        }
        return names
    }

    /// Files may be written with `-` where the kernel has `_`.
    private static func normalized(_ name: some StringProtocol) -> String {
        String(name.map { $0 == "-" ? "_" : $0 })
    }
}
