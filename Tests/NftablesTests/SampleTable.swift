import NetworkAddress

@testable import Nftables

/// A table with one set of each form.
enum SampleTable {
    static let addresses = SetName(rawValue: "cluster-ips")
    static let frontends = SetName(rawValue: "frontends")
    static let intervals = SetName(rawValue: "service-cidrs")
    static let pairs = SetName(rawValue: "hairpin")
    static let ranges = SetName(rawValue: "source-ranges")
    static let verdicts = SetName(rawValue: "no-endpoints")
    static let counts = SetName(rawValue: "endpoint-counts")
    static let destinations = SetName(rawValue: "endpoints")
    static let marks = SetName(rawValue: "marks")
    static let clients = SetName(rawValue: "affinity")

    private static let frontend: [SetDefinition.KeyField] = [.address, .transport, .port]

    static let layout = TableLayout(
        comment: "service rules of viaduct proxy",
        sets: [
            SetDefinition(name: addresses, key: [.address], comment: "addresses"),
            SetDefinition(name: frontends, key: frontend, comment: "frontends"),
            SetDefinition(name: intervals, key: [.address], isInterval: true, comment: "ranges"),
            SetDefinition(name: pairs, key: [.source, .address], comment: "pairs"),
            SetDefinition(
                name: ranges, key: frontend + [.source], isInterval: true, comment: "who may use @firewall-ips"),
            SetDefinition(name: verdicts, key: frontend, value: .verdict, comment: "verdicts"),
            SetDefinition(name: counts, key: frontend + [.slot], value: .verdict, comment: "verdicts by slot"),
            SetDefinition(name: destinations, key: frontend + [.slot], value: .destination, comment: "destinations"),
            SetDefinition(name: marks, key: frontend, value: .mark, comment: "marks"),
            SetDefinition(
                name: clients, key: [.source] + frontend, value: .mark, isFilledByPackets: true, size: 1024,
                comment: "filled by packets"),
        ])

    static func set(_ name: SetName) -> SetDefinition {
        layout[name] ?? SetDefinition(name: name, key: [], comment: "not of this table")
    }
}
