package import HostInspection
package import NetworkAddress
package import Nftables

/// Everything that the doctor has read about a host. A value, which tests build by hand.
package struct HostFacts: Hashable, Sendable {
    /// A socket that listens, or for UDP is bound.
    package struct Listener: Hashable, Sendable {
        /// `TCP` or `UDP`.
        package var transport: String
        package var address: IPAddress
        package var port: UInt16
        package var inode: UInt64
        /// The process's name and number; nil if it was not found.
        package var owner: Program?

        package init(
            _ transport: String, _ address: IPAddress, _ port: UInt16, inode: UInt64 = 0, owner: Program? = nil
        ) {
            self.transport = transport
            self.address = address
            self.port = port
            self.inode = inode
            self.owner = owner
        }
    }

    package struct Program: Hashable, Sendable {
        package var name: String
        package var process: Int
        /// Whether it is in this network namespace; nil if unknown.
        package var isHere: Bool?

        package init(_ name: String, _ process: Int, isHere: Bool? = true) {
            self.name = name
            self.process = process
            self.isHere = isHere
        }
    }

    package struct DefaultRoute: Hashable, Sendable {
        package var family: IPFamily
        package var device: String

        package init(_ family: IPFamily, _ device: String) {
            self.family = family
            self.device = device
        }
    }

    package struct VirtualServers: Hashable, Sendable {
        package var byAddress = 0
        /// By marks that are ours.
        package var byOurMark = 0
        package var byOtherMark = 0

        package init(byAddress: Int = 0, byOurMark: Int = 0, byOtherMark: Int = 0) {
            self.byAddress = byAddress
            self.byOurMark = byOurMark
            self.byOtherMark = byOtherMark
        }
    }

    /// The kernel's, such as `6.1.0-40-amd64`.
    package var release = ""
    /// Whether this is the initial network namespace, which alone has some settings.
    package var isFirstNamespace = true
    package var privileges = Privileges()
    /// Files that hold one setting, by their path.
    package var settings: [String: Observation<String>] = [:]
    /// Of those files, the ones that this process may not write.
    package var unwritable: Set<String> = []
    package var modules = KernelModules()
    package var features: [Feature: FeatureState] = [:]
    package var hasIPv6 = true
    package var devices: Observation<[NetworkDevice]> = .absent
    package var defaultRoutes: Observation<[DefaultRoute]> = .absent
    package var legacyTables: [IPFamily: Observation<[LegacyTable]>] = [:]
    package var ruleset: Observation<Ruleset> = .absent
    package var virtualServers: Observation<VirtualServers> = .absent
    /// The number of local routes for each of our rtm_protocol numbers.
    package var serviceRoutes: Observation<[UInt8: Int]> = .absent
    package var listeners: Observation<[Listener]> = .absent
    /// The running programs among those that the doctor looks for.
    package var programs: Observation<[Program]> = .absent
    package var clock: Observation<SystemClock> = .absent
    package var processorCount = 1
    /// Neighbour entries, IPv4.
    package var neighbours: Observation<Int> = .absent
    /// Hard limit of open files for a process like this one.
    package var fileLimit: Observation<Int> = .absent
    /// Counters of connection tracking, by their column in /proc/net/stat/nf_conntrack.
    package var conntrackStatistics: Observation<[String: UInt64]> = .absent

    package init() {}

    /// A numeric setting; nil if it was not read or is not a number.
    package func number(_ path: String) -> Int? {
        settings[path]?.value.flatMap { Int($0.prefix { !$0.isWhitespace }) }
    }

    /// A setting's file and what it holds.
    func evidence(_ path: String) -> Finding.Evidence {
        Finding.Evidence(path, settings[path]?.value ?? "not there")
    }

    var families: [IPFamily] { hasIPv6 ? [.ipv4, .ipv6] : [.ipv4] }
}
