import HostInspection
import LinuxSystem
import Testing

@Suite struct HostInspectionTests {
    @Test("Every network namespace has a loopback device, and no privilege is needed to see it")
    func devices() throws {
        let loopback = try #require(try NetworkDevice.all().first { $0.isLoopback })
        #expect(loopback.name == "lo")
        #expect(loopback.mtu > 0)
        #expect(loopback.kind.isEmpty)
    }

    @Test("Files tell why they cannot be read")
    func files() throws {
        #expect(try KernelFile.read("/proc/self/comm").isEmpty == false)
        #expect(try KernelFile.read("/proc/self/status", limit: 5).utf8.count == 5)
        #expect(try KernelFile.names(in: "/proc/self").contains("status"))
        #expect(try KernelFile.link("/proc/self/ns/net").hasPrefix("net:["))
        let error = #expect(throws: SystemError.self) { try KernelFile.read("/proc/self/no-such-file") }
        #expect(error?.code == 2)
        #expect(throws: SystemError.self) { try KernelFile.names(in: "/proc/self/no-such-directory") }
    }

    @Test("The clock's state can be read")
    func clock() throws {
        #expect(try SystemClock.read().largestError >= 0)
    }
}
