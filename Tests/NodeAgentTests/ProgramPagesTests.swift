import Testing

@testable import NodeAgent

@Suite struct ProgramPagesTests {
    @Test("Only what is of files, cannot be written and has not been changed is let go")
    func ranges() {
        func mapping(_ head: String, anonymous: Int) -> String {
            "\(head)\nSize: 4 kB\nRss: 4 kB\nAnonymous: \(anonymous) kB\nVmFlags: rd ex\n"
        }
        let maps = [
            mapping("55a0-55b0 r--p 00000000 fe:00 12 /usr/bin/viaduct", anonymous: 0),
            mapping("55b0-55ff r-xp 00010000 fe:00 12 /usr/bin/viaduct", anonymous: 0),
            // Where the linker has written addresses.
            mapping("5600-5610 r--p 00020000 fe:00 12 /usr/bin/viaduct", anonymous: 8),
            mapping("6000-6010 rwxp 00000000 fe:00 13 /usr/lib/written.so", anonymous: 0),
            mapping("7000-7010 rw-p 00000000 00:00 0", anonymous: 0),
            mapping("7010-7020 r-xp 00000000 00:00 0 [vdso]", anonymous: 0),
            mapping("8000-7000 r-xp 00000000 fe:00 14 /backwards", anonymous: 0), "bad line",
        ].joined()
        #expect(ProgramPages.unchanged(maps) == [0x55A0..<0x55B0, 0x55B0..<0x55FF])
    }

    @Test("A process goes on without its pages")
    func release() {
        ProgramPages.release()
        #expect((0..<1000).reduce(0, +) == 499_500)
    }
}
