import Foundation
import Testing

@testable import LinuxSystem

@Suite struct ServiceManagerTests {
    /// A service manager's end of the protocol.
    private struct Listener: ~Copyable {
        let descriptor: Int32

        init(_ path: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let status = unsafe UnixSocketName.withAddress(path) { unsafe bind(descriptor, $0, $1) }
            try #require(status == 0)
        }

        deinit { SystemCall.close(descriptor) }

        func receive() -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test("It is told at a path and at an abstract name", arguments: ["/tmp/viaduct-", "@viaduct-"])
    func tell(_ start: String) throws {
        let path = start + UUID().uuidString
        defer { unlink(path) }
        let listener = try Listener(path)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": path]))
        try manager.tell([.ready, .status("rules are in force\nREADY=0")])
        #expect(listener.receive() == "READY=1\nSTATUS=rules are in force")
        try manager.tell([.alive])
        try manager.tell([.stopping])
        #expect(listener.receive() == "WATCHDOG=1")
        #expect(listener.receive() == "STOPPING=1")
    }

    @Test("A socket that is gone is an error, not the end") func gone() throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": "/tmp/viaduct-gone-\(UUID())"]))
        let error = #expect(throws: SystemError.self) { try manager.tell([.ready]) }
        #expect(error?.code == ENOENT)
    }

    @Test func environment() {
        #expect(ServiceManager(environment: [:]) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": ""]) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "vsock:2:1234"]) == nil)
        let long = "/" + String(repeating: "x", count: UnixSocketName.maximumLength)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": long]) == nil)
        func watchdog(_ variables: [String: String]) -> Duration? {
            ServiceManager(environment: variables.merging(["NOTIFY_SOCKET": "/s"]) { $1 }, process: 7)?.watchdog
        }
        #expect(watchdog([:]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "0"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "soon"]) == nil)
    }
}
