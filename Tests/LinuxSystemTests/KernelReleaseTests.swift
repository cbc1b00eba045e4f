import Testing

@testable import LinuxSystem

@Suite struct KernelReleaseTests {
    @Test(
        "Releases as distributions write them",
        arguments: [
            ("6.1.0-28-amd64", KernelRelease(6, 1)), ("6.18.44-fc-v857\n", KernelRelease(6, 18)),
            ("5.14.0-503.el9.x86_64", KernelRelease(5, 14)), ("6.5-rc1", KernelRelease(6, 5)),
            ("7.0", KernelRelease(7, 0)), ("6", nil), ("", nil), ("linux.6", nil),
        ])
    func parse(text: String, release: KernelRelease?) {
        #expect(KernelRelease(text) == release)
    }

    @Test func order() {
        #expect(KernelRelease(6, 5) < KernelRelease(6, 18))
        #expect(KernelRelease(6, 18) < KernelRelease(7, 0))
    }

    @Test("The running kernel has one") func current() {
        #expect(KernelRelease.current != nil)
    }
}
