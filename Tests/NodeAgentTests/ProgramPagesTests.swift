import Testing

@testable import NodeAgent

@Suite struct ProgramPagesTests {
    @Test("Only what is of files, can be run and cannot be written is let go")
    func ranges() {
        let maps = """
            55a0-55b0 r--p 00000000 fe:00 12 /usr/bin/viaduct
            55b0-55ff r-xp 00010000 fe:00 12 /usr/bin/viaduct
            6000-6010 rwxp 00000000 fe:00 13 /usr/lib/written.so
            7000-7010 rw-p 00000000 00:00 0
            7010-7020 r-xp 00000000 00:00 0 [vdso]
            8000-7000 r-xp 00000000 fe:00 14 /backwards
            bad line
            """
        #expect(ProgramPages.code(maps) == [0x55B0..<0x55FF])
    }

    @Test("A process goes on without its pages")
    func release() {
        ProgramPages.release()
        #expect((0..<1000).reduce(0, +) == 499_500)
    }
}
