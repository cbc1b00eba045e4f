package import Dataplane
internal import LinuxSystem
internal import NetworkAddress
internal import Nftables

extension DriftWatch {
    /// Watches for other programs' commits that change tables with these names.
    package static func ruleset(tables names: [String]) -> DriftWatch {
        DriftWatch { _, families, heard throws(DataplaneError) in
            let tables = families.flatMap { family in names.map { RulesetTable(family, $0) } }
            return try DataplaneError.wrapping { () throws(SystemError) in
                try RulesetWatch(tables: Set(tables)) { notice in
                    switch notice {
                    case .commit(let commit):
                        let author = DriftAuthor(program: commit.program, process: commit.process)
                        for family in Set(commit.tables.map(\.family)) { heard(family, author) }
                    case .unknown:
                        for family in families { heard(family, nil) }
                    }
                }
            }
        }
    }
}
