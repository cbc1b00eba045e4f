import Dataplane
import IPVSDataplane
import IptablesDataplane
import Logging
import ProxyConfiguration
import ServiceModel
import Synchronization
import Testing

@testable import ProxyServer

/// Kernel settings that backends need.
@Suite struct HostSettingsTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ mode: Backend, strictARP: Bool = false) -> ProxySettings {
        var settings = ProxySettings()
        settings.mode = mode
        settings.options = BackendSettings.Options(["strictARP": .flag(strictARP)])
        return settings
    }

    @Test("A backend gets the mark as a number, and what the host says of connections")
    func backendSettings() {
        var settings = settings(.iptables)
        settings.masqueradeBit = 5
        let strict = SystemFiles(read: { _ in "0\n" }) { _, _ in }
        #expect(settings.forBackend(strict).masqueradeMark == 32)
        #expect(!settings.forBackend(strict).isConntrackLiberal)
        let liberal = SystemFiles(read: { $0.hasSuffix("be_liberal") ? "1\n" : nil }) { _, _ in }
        #expect(settings.forBackend(liberal).isConntrackLiberal)
    }

    @Test("What a backend cannot do without is written; what cannot be written ends the start with its name")
    func required() throws {
        let written = Mutex<[String]>([])
        let files = SystemFiles(read: { $0.hasSuffix("osrelease") ? "6.1.0" : "0\n" }) { path, _ in
            written.withLock { $0.append(path) }
        }
        try HostPreparation(files: files, logger: logger).applyRequired(settings(.ipvs, strictARP: true))
        #expect(written.withLock(\.count) == 6)
        let readOnly = SystemFiles(read: { _ in "0" }) { (_, _) throws(SystemFiles.WriteFailure) in
            throw SystemFiles.WriteFailure(isReadOnly: true, description: "not writable")
        }
        let failure = #expect(throws: HostPreparation.Failure.self) {
            try HostPreparation(files: readOnly, logger: logger).applyRequired(settings(.ipvs))
        }
        #expect(failure?.description.contains("/proc/sys/net/ipv4/vs/conntrack") == true)
        try HostPreparation(files: readOnly, logger: logger).applyRequired(settings(.iptables))
    }

    @Test("Routing of loopback addresses is wanted in iptables mode only, and may fail") func wanted() {
        let path = "/proc/sys/net/ipv4/conf/all/route_localnet"
        let readOnly = SystemFiles(read: { _ in "0" }) { (_, _) throws(SystemFiles.WriteFailure) in
            throw SystemFiles.WriteFailure(isReadOnly: true, description: "not writable")
        }
        for mode in Backend.allCases {
            var settings = settings(mode)
            settings.nodePortAddresses = .all
            let failed = HostPreparation(files: readOnly, logger: logger).apply(settings)
            #expect(failed.contains(path) == (mode == .iptables), "\(mode.name)")
        }
    }
}
