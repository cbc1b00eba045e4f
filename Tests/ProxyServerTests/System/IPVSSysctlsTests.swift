import Logging
import Synchronization
import Testing

@testable import ProxyServer

@Suite struct IPVSSysctlsTests {
    private func names(_ strictARP: Bool = false, release: String, current: Int?) -> [String] {
        IPVSSysctls.changes(strictARP: strictARP, release: release) { _ in current }
            .map { "\($0.path.dropFirst(IPVSSysctls.directory.count))=\($0.value)" }
    }

    @Test func everythingDiffers() {
        let always = ["vs/conntrack=1", "vs/expire_nodest_conn=1", "vs/expire_quiescent_template=1", "ip_forward=1"]
        #expect(names(release: "6.1.0-40-amd64", current: 0) == always)
        #expect(names(release: "6.1.0-40-amd64", current: nil) == always)
        #expect(
            names(true, release: "6.1.0", current: 0) == always + ["conf/all/arp_ignore=1", "conf/all/arp_announce=2"])
        #expect(names(release: "5.4.0-1", current: 7) == always + ["vs/conn_reuse_mode=0"])
    }

    @Test func nothingDiffers() {
        #expect(names(release: "6.1.0", current: 1) == [])
        #expect(names(true, release: "6.1.0", current: 1) == ["conf/all/arp_announce=2"])
    }

    @Test(
        "As upstream: off from Linux 4.1 on, left alone from 5.9 on",
        arguments: [
            ("3.10.0", false), ("4.0.9", false), ("4.1.0", true), ("4.19.0-27-amd64", true), ("5.8.18", true),
            ("5.9.0", false), ("5.10.0-8", false), ("6.18.5", false), ("", false), ("x", false),
        ])
    func connectionReuse(release: String, isOff: Bool) {
        #expect(IPVSSysctls.reusesConnectionsSlowly(release) == isOff)
    }

    @Test("Settings are written; one that cannot be written ends the start with its name") func apply() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let written = Mutex<[String]>([])
        let files = SystemFiles(read: { $0.hasSuffix("osrelease") ? "6.1.0" : "0\n" }) { path, _ in
            written.withLock { $0.append(path) }
        }
        try HostPreparation(files: files, logger: logger).applyIPVS(strictARP: true)
        #expect(written.withLock(\.count) == 6)
        let readOnly = SystemFiles(read: { _ in "0" }) { (_, _) throws(SystemFiles.WriteFailure) in
            throw SystemFiles.WriteFailure(isReadOnly: true, description: "not writable")
        }
        let failure = #expect(throws: HostPreparation.Failure.self) {
            try HostPreparation(files: readOnly, logger: logger).applyIPVS(strictARP: false)
        }
        #expect(failure?.description.contains("/proc/sys/net/ipv4/vs/conntrack") == true)
    }
}
