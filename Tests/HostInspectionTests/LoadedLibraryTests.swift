import Testing

@testable import HostInspection

@Suite struct LoadedLibraryTests {
    @Test func ofMaps() {
        let maps = """
            55d0c9a00000-55d0c9a01000 r--p 00000000 fe:00 1 /usr/bin/viaduct
            7f0000000000-7f0000001000 r--p 00000000 fe:00 2                          /usr/lib/libnftnl.so.11.6.0
            7f0000001000-7f0000002000 r-xp 00001000 fe:00 2                          /usr/lib/libnftnl.so.11.6.0
            7f0000002000-7f0000003000 r--p 00000000 fe:00 3                          /usr/lib/libc.so.6
            7f0000003000-7f0000004000 rw-p 00000000 00:00 0                          [heap]
            7f0000004000-7f0000005000 r--p 00000000 fe:00 4                          /usr/lib/ld-linux.so
            """
        #expect(
            LoadedLibrary.all(maps: maps) == [
                LoadedLibrary(name: "libc.so.6", version: "6", path: "/usr/lib/libc.so.6"),
                LoadedLibrary(name: "libnftnl.so.11", version: "11.6.0", path: "/usr/lib/libnftnl.so.11.6.0"),
            ])
    }

    @Test("This process has the C library") func here() {
        #expect(LoadedLibrary.all().contains { $0.name == "libc.so.6" })
    }
}
