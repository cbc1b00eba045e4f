internal import CSocketBalancing
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// A map that is opened by its pin, for reading.
struct PinnedMap: ~Copyable {
    private let map: BPFMap
    private let descriptor: Int32

    init(_ path: String, keySize: Int, valueSize: Int) throws(SystemError) {
        let opened = try SystemCall.run("open \(path)") { unsafe bpf_obj_get(path) }
        descriptor = opened
        map = BPFMap(name: path, descriptor: opened, keySize: keySize, valueSize: valueSize)
    }

    /// The table that the program sees.
    ///
    /// - Throws: ENOENT where there is none.
    init(_ table: SocketTable, _ codec: MapCodec, in folder: PinnedFolder) throws(SystemError) {
        let sizes = codec.sizes(table)
        let path = folder.file("\(table)" + SocketProgram.digit(codec.family))
        let outer = try PinnedMap(path, keySize: 4, valueSize: 4)
        let found = try outer.read { map throws(SystemError) in
            try GrowingMap.table(in: map, keySize: sizes.key, valueSize: sizes.value)
        }
        guard let found else {
            throw SystemError("find a table in \(path)", code: ENOENT)
        }
        (map, descriptor) = (found, found.descriptor)
    }

    /// Keeps the map open as long as `body` runs.
    func read<Value>(_ body: (BPFMap) throws(SystemError) -> Value) throws(SystemError) -> Value { try body(map) }

    deinit { SystemCall.close(descriptor) }
}
