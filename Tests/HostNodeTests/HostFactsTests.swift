import Testing

@testable import HostNode

@Suite struct HostFactsTests {
    @Test func areReadFromFiles() {
        let files = [
            "/proc/sys/kernel/osrelease": "6.1.0-50-amd64\n", "/etc/machine-id": "abc\n",
            "/usr/lib/os-release": "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            "/proc/meminfo": "MemTotal:       16384256 kB\nMemFree: 1 kB\n",
        ]
        let facts = HostFacts(processors: 2) { files[$0] }
        #expect(facts.kernelVersion == "6.1.0-50-amd64")
        #expect(facts.osImage == "Debian GNU/Linux 12 (bookworm)")
        #expect(facts.machineID == "abc")
        #expect(facts.systemUUID == "abc")
        #expect(facts.memory == 16_384_256)
    }

    @Test("Nothing is empty where nothing can be read")
    func nothingKnown() {
        let facts = HostFacts(processors: 0) { _ in nil }
        #expect(![facts.kernelVersion, facts.osImage, facts.machineID, facts.systemUUID, facts.bootID].contains(""))
        #expect(facts.processors == 1)
        #expect(facts.memory == nil)
    }

    @Test func thisHost() {
        let facts = HostFacts.ofThisHost()
        #expect(facts.kernelVersion != HostFacts.unknown)
        #expect((facts.memory ?? 0) > 0)
    }
}
