public import Dataplane
internal import LinuxSystem
public import Logging
public import NetworkAddress
internal import Nftables
internal import NftablesServices

/// Has the kernel go on with the translation of connections that are there, when the last rules go that translate: it does
/// so only as long as somebody has a nat chain, and tracks them only as long as some rule asks.
public enum TranslationHold {
    private static let layout = TableLayout(
        comment: "connections that viaduct proxy translated go on while this is here", sets: [])
    /// The hook has the kernel translate, the rule has it track: it does nothing.
    private static func chain(_ family: IPFamily) -> ChainDefinition {
        ChainDefinition(
            name: "hold",
            base: BaseChain(kind: .nat, hook: .prerouting, priority: ChainDefinition.destinationNATPriority),
            rules: [
                RuleBuilder.rule(family) {
                    $0.newConnection()
                    $0.verdict(.return)
                }
            ])
    }

    private static func table(_ family: IPFamily, _ logger: Logger) throws(SystemError) -> NftablesTable {
        try NftablesTable(family: family, name: "viaduct-translation", layout: layout, logger: logger)
    }

    /// Puts a nat chain there that does nothing. Comes before the rules go.
    public static func begin(_ family: IPFamily, logger: Logger) throws(DataplaneError) {
        try DataplaneError.wrapping { () throws(SystemError) in
            var table = try table(family, logger)
            _ = try table.apply(Plan()) { kernel throws(SystemError) in
                try TableComparison(kernel, layout, chains: [chain(family)], family: family).finish()
            }
        }
    }

    /// - Returns: whether it was there.
    public static func end(_ family: IPFamily, logger: Logger) throws(DataplaneError) -> Bool {
        try DataplaneError.wrapping { () throws(SystemError) in
            var table = try table(family, logger)
            return try table.remove()
        }
    }
}
