import Foundation
import Testing

/// What ARCHITECTURE.md says about who imports what, as far as the build does not enforce it.
@Suite struct ImportTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// Module name and imported modules of each source file.
    private static func imports() throws -> [(module: String, file: String, imported: [String])] {
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map { file in
            let parts = file.path.dropFirst(sources.path.count + 1).split(separator: "/")
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let imported = lines.filter { $0.contains("import ") && !$0.hasPrefix("//") && !$0.hasPrefix(" ") }
                .compactMap { $0.split(separator: " ").last.map(String.init) }
            return (String(parts[0]), parts.joined(separator: "/"), imported)
        }
    }

    @Test("C stands behind LinuxSystem, Conntrack and the backends")
    func cModules() throws {
        let allowed: Set = ["LinuxSystem", "Conntrack", "Nftables", "IptablesDataplane", "IPVSDataplane"]
        let modules: Set = ["CLinux", "CNetlink", "CNftables", "CIptables", "CIPVS"]
        let files = try Self.imports()
        #expect(files.count > 100)
        for file in files where !allowed.contains(file.module) {
            #expect(modules.isDisjoint(with: file.imported), "\(file.file)")
        }
    }

    @Test("What decides knows no clock, no log, no network and no Foundation")
    func pureModules() throws {
        for file in try Self.imports() where ["ServiceModel", "NetworkAddress", "JSONStream"].contains(file.module) {
            let impure: Set = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Logging", "NIOCore"]
            // JSONKey compares bytes with memcmp.
            let found = impure.intersection(file.imported).subtracting(
                file.file.hasSuffix("JSONKey.swift") ? ["Glibc"] : [])
            #expect(found.isEmpty, "\(file.file) imports \(found)")
        }
    }

    @Test("Backends do not import each other")
    func backends() throws {
        for file in try Self.imports() where file.module.hasSuffix("Dataplane") && file.module != "Dataplane" {
            let others = file.imported.filter {
                $0.hasSuffix("Dataplane") && $0 != "Dataplane" && $0 != file.module
            }
            #expect(others.isEmpty, "\(file.file)")
        }
    }
}
