import Foundation
import Testing

/// What ARCHITECTURE.md says about who imports what, as far as the build does not enforce it.
@Suite struct ImportTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    private struct SourceFile {
        let floor: String
        let module: String
        let path: String
        let imported: [String]
    }

    private static func imports() throws -> [SourceFile] {
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map { file in
            let parts = file.path.dropFirst(sources.path.count + 1).split(separator: "/")
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let imported = lines.filter { $0.contains("import ") && !$0.hasPrefix("//") && !$0.hasPrefix(" ") }
                .compactMap { $0.split(separator: " ").last.map(String.init) }
            return SourceFile(
                floor: String(parts[0]), module: String(parts[1]), path: parts.joined(separator: "/"),
                imported: imported)
        }
    }

    /// Floors from the bottom up; those in one line do not know each other.
    private static let floors = [
        ["System"], ["Kubernetes"], ["Proxy", "Node", "ControlPlane"], ["Tools"], ["CommandLine"],
    ]

    @Test("Arrows between floors go down only; System and Kubernetes share NetworkAddress alone")
    func floorArrows() throws {
        let files = try Self.imports()
        let floorOf = Dictionary(files.map { ($0.module, $0.floor) }, uniquingKeysWith: { first, _ in first })
        var wrong: Set<String> = []
        for file in files {
            let rank = try #require(Self.floors.firstIndex { $0.contains(file.floor) }, "\(file.path)")
            for module in file.imported {
                guard let floor = floorOf[module], floor != file.floor else { continue }
                let other = try #require(Self.floors.firstIndex { $0.contains(floor) })
                let shared = module == "NetworkAddress" || module == "JSONStream"
                if other >= rank || (file.floor == "Kubernetes" && !shared) {
                    wrong.insert("\(file.module) -> \(module)")
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// What each room of the API server may know of the others, and of what is below.
    private static let rooms: [String: Set<String>] = [
        "APIObjects": [],
        "APIPods": ["APIObjects"],
        "APIResources": ["APIObjects", "APIPods"],
        "APISecurity": ["APIObjects", "APIPods", "APIResources"],
        "APIServer": ["APIObjects", "APIPods", "APIResources", "APISecurity"],
    ]

    @Test("The rooms of the API server: kinds do not know who may what, neither knows HTTP, cache and store")
    func rooms() throws {
        let upper: Set = ["ObjectStore", "Hummingbird", "HummingbirdCore", "NIOCore", "NIOHTTP1", "AsyncHTTPClient"]
        var found: Set<String> = []
        for file in try Self.imports() {
            guard let allowed = Self.rooms[file.module] else { continue }
            found.insert(file.module)
            let others = Set(file.imported).intersection(Self.rooms.keys).subtracting(allowed)
            #expect(others.isEmpty, "\(file.path)")
            guard file.module != "APIServer" else { continue }
            #expect(upper.isDisjoint(with: file.imported), "\(file.path)")
        }
        #expect(found == Set(Self.rooms.keys))
    }

    @Test("What one kind does, its strategy says; no verb asks which kind it has by its name")
    func kindsByName() throws {
        for file in try Self.imports() where file.module == "APIServer" {
            let text = try String(contentsOf: Self.sources.appending(path: file.path), encoding: .utf8)
            #expect(!text.contains("plural == \"") && !text.contains("plural != \""), "\(file.path)")
        }
    }

    @Test(
        "C stands behind LinuxSystem, Netlink, HostInspection, YAMLStream, Nftables, Conntrack, SocketBalancing and the backends"
    )
    func cModules() throws {
        let allowed: Set = [
            "LinuxSystem", "Netlink", "HostInspection", "YAMLStream", "Conntrack", "Nftables", "IptablesDataplane",
            "IPVSDataplane", "SocketBalancing",
        ]
        let modules: Set = [
            "CYaml", "CLinux", "CNetlink", "CNftables", "CIptables", "CIPVS", "CGenericNetlink", "CHost",
            "CSocketBalancing",
        ]
        let files = try Self.imports()
        #expect(files.count > 100)
        for file in files where !allowed.contains(file.module) {
            #expect(modules.isDisjoint(with: file.imported), "\(file.path)")
        }
    }

    /// A signal may interrupt any call that waits: who retries by himself forgets it somewhere.
    @Test("System calls below the API go through one gateway, which alone knows errno and EINTR")
    func oneGateway() throws {
        let gateway: Set = ["SystemCall.swift", "NetlinkSocket.swift"]
        let modules: Set = ["LinuxSystem", "Netlink", "Nftables", "HostInspection", "ObjectStore"]
        for file in try Self.imports()
        where modules.contains(file.module) || file.module.hasSuffix("Dataplane") || file.module == "SocketBalancing" {
            guard !gateway.contains(where: file.path.hasSuffix) else { continue }
            let text = try String(contentsOf: Self.sources.appending(path: file.path), encoding: .utf8)
            let code = text.split(separator: "\n").filter { !$0.contains("///") }
            #expect(!code.contains { $0.contains("EINTR") || $0.firstMatch(of: /\berrno\b/) != nil }, "\(file.path)")
        }
    }

    @Test("What decides knows no clock, no log, no network and no Foundation")
    func pureModules() throws {
        for file in try Self.imports() where ["ServiceModel", "NetworkAddress", "JSONStream"].contains(file.module) {
            let impure: Set = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Logging", "NIOCore"]
            // JSONKey compares bytes with memcmp.
            let found = impure.intersection(file.imported).subtracting(
                file.path.hasSuffix("JSONKey.swift") ? ["Glibc"] : [])
            #expect(found.isEmpty, "\(file.path) imports \(found)")
        }
    }

    @Test("Backends do not read policies: the service model has decided what they mean")
    func policies() throws {
        let policies = ["PolicyLocal", "loadBalancerSourceRanges", "LocalTrafficDetector", "hasAnyEndpoints"]
        for file in try Self.imports()
        where file.module.hasSuffix("Dataplane") || ["NftablesServices", "SocketBalancing"].contains(file.module) {
            let text = try String(contentsOf: Self.sources.appending(path: file.path), encoding: .utf8)
            for policy in policies { #expect(!text.contains(policy), "\(file.path) reads \(policy)") }
        }
    }

    @Test("A mode is known to its own folder, to the list of all and to who compares modes; no switch over modes")
    func modes() throws {
        let names = ["nftables", "iptables", "ipvs", "userspace"]
        for file in try Self.imports() where file.floor == "Proxy" && !file.module.hasSuffix("Dataplane") {
            let text = try String(contentsOf: Self.sources.appending(path: file.path), encoding: .utf8)
            guard !file.path.hasSuffix("ConfigurationValidator+Mode.swift") else { continue }
            for name in names { #expect(!text.contains("case .\(name)"), "\(file.path) decides by the mode \(name)") }
        }
    }

    @Test("Backends do not import each other")
    func backends() throws {
        for file in try Self.imports() where file.module.hasSuffix("Dataplane") && file.module != "Dataplane" {
            let others = file.imported.filter {
                $0.hasSuffix("Dataplane") && $0 != "Dataplane" && $0 != file.module
            }
            #expect(others.isEmpty, "\(file.path)")
        }
    }
}
