internal import CSocketBalancing
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// The program of one IP family and its maps, loaded by libbpf. What is pinned already is used as it is.
@safe
struct SocketProgram: ~Copyable {
    let folder: PinnedFolder
    private let group: ControlGroup
    private let family: IPFamily
    private let object: OpaquePointer
    private let maps: [String: BPFMap]
    /// What plans change.
    var tables: SocketTables

    /// The compiled program.
    static var object: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: viaduct_socket_program_start(), count: Int(viaduct_socket_program_size))
    }

    private static let hooks = ["connect", "sendmsg", "recvmsg", "getpeername", "release"]
    private static let sharedMap = "node_namespace"

    static func digit(_ family: IPFamily) -> String { family == .ipv4 ? "4" : "6" }

    private static func programs(_ family: IPFamily) -> [String] { hooks.map { $0 + digit(family) } }

    /// Loads what is not pinned. Nothing is attached yet.
    init(_ family: IPFamily, in folder: PinnedFolder, for group: ControlGroup) throws(SystemError) {
        try folder.make()
        let loaded = unsafe try Self.loaded(family, folder, group)
        let found = unsafe Self.maps(of: loaded, family)
        let opened: SocketTables
        do throws(SystemError) {
            opened = try SocketTables(family, in: found)
        } catch {
            unsafe bpf_object__close(loaded)
            throw error
        }
        (self.folder, self.group, self.family, maps) = (folder, group, family, found)
        tables = opened
        unsafe object = unsafe loaded
    }

    deinit { unsafe bpf_object__close(object) }

    private static func failure(_ operation: String) -> SystemError {
        let reason = unsafe String(cString: viaduct_libbpf_warning())
        let failure = SystemCall.failure(operation)
        return SystemError(operation, code: failure.code, kernelMessage: reason)
    }

    private static func loaded(
        _ family: IPFamily, _ folder: PinnedFolder, _ group: ControlGroup
    ) throws(SystemError) -> OpaquePointer {
        viaduct_quieten_libbpf()
        guard let object = unsafe bpf_object__open_mem(Self.object.baseAddress, Self.object.count, nil) else {
            throw failure("read the eBPF program")
        }
        do throws(SystemError) {
            try unsafe load(object, family, folder, group)
        } catch {
            unsafe bpf_object__close(object)
            throw error
        }
        return unsafe object
    }

    /// Programs for IPv6 translate IPv4 addresses as well, for sockets of both families.
    private static func isUsed(_ map: String, _ family: IPFamily) -> Bool {
        map == sharedMap || family == .ipv6 || map.hasSuffix(digit(.ipv4))
    }

    private static func load(
        _ object: OpaquePointer, _ family: IPFamily, _ folder: PinnedFolder, _ group: ControlGroup
    ) throws(SystemError) {
        var map = unsafe bpf_object__next_map(object, nil)
        while let current = unsafe map {
            let name = unsafe String(cString: bpf_map__name(current))
            if isUsed(name, family) {
                try SystemCall.run("pin the map \(name)") { unsafe bpf_map__set_pin_path(current, folder.file(name)) }
            } else {
                unsafe bpf_map__set_autocreate(current, false)
            }
            unsafe map = unsafe bpf_object__next_map(object, current)
        }
        let missing = programs(family).filter { !isAttached($0, folder, group) }
        var program = unsafe bpf_object__next_program(object, nil)
        while let current = unsafe program {
            let name = unsafe String(cString: bpf_program__name(current))
            unsafe bpf_program__set_autoload(current, missing.contains(name))
            unsafe program = unsafe bpf_object__next_program(object, current)
        }
        let code = unsafe bpf_object__load(object)
        guard code == 0 else { throw failure("load the eBPF program") }
    }

    private static func maps(of object: OpaquePointer, _ family: IPFamily) -> [String: BPFMap] {
        var maps: [String: BPFMap] = [:]
        var map = unsafe bpf_object__next_map(object, nil)
        while let current = unsafe map {
            let name = unsafe String(cString: bpf_map__name(current))
            if isUsed(name, family) {
                maps[name] = unsafe BPFMap(
                    name: name, descriptor: bpf_map__fd(current), keySize: Int(bpf_map__key_size(current)),
                    valueSize: Int(bpf_map__value_size(current)))
            }
            unsafe map = unsafe bpf_object__next_map(object, current)
        }
        return maps
    }

    /// - Parameter name: without the family's digit.
    func map(_ name: String) throws(SystemError) -> BPFMap { try Self.map(name, in: maps, family) }

    static func map(
        _ name: String, in maps: [String: BPFMap], _ family: IPFamily
    ) throws(SystemError) -> BPFMap {
        guard let map = maps[name + digit(family)] else { throw SystemError("find the map \(name)", code: ENOENT) }
        return map
    }

    // MARK: Links

    /// Whether the family's program is attached at all hooks.
    var isAttached: Bool { Self.programs(family).allSatisfy { Self.isAttached($0, folder, group) } }

    private static func isAttached(_ program: String, _ folder: PinnedFolder, _ group: ControlGroup) -> Bool {
        guard
            let link = SystemCall.result({ unsafe bpf_obj_get(folder.file(program + PinnedFolder.linkSuffix)) })
        else { return false }
        defer { SystemCall.close(link) }
        var information = bpf_link_info()
        var size = UInt32(MemoryLayout<bpf_link_info>.size)
        guard unsafe bpf_obj_get_info_by_fd(link, &information, &size) == 0 else { return false }
        // A group that is gone has no number.
        return information.cgroup.cgroup_id == group.number
    }

    /// Attaches the program where it is not, and pins the links.
    func attach() throws(SystemError) {
        let missing = Self.programs(family).filter { !Self.isAttached($0, folder, group) }
        guard !missing.isEmpty else { return }
        let directory = try SystemCall.run("open the control group \(group.path)") {
            unsafe open(group.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        defer { SystemCall.close(directory) }
        // What restores addresses comes before what translates them.
        for name in missing.reversed() {
            let path = folder.file(name + PinnedFolder.linkSuffix)
            _ = unsafe unlink(path)
            guard let program = unsafe bpf_object__find_program_by_name(object, name),
                let link = unsafe bpf_program__attach_cgroup(program, directory)
            else { throw Self.failure("attach the eBPF program \(name) to \(group.path)") }
            defer { _ = unsafe bpf_link__destroy(link) }
            try SystemCall.run("pin the eBPF program \(name)") { unsafe bpf_link__pin(link, path) }
        }
    }

    // MARK: Switch

    /// Whether anything is translated, in both families: the node's network namespace is known.
    func setSwitch(_ cookie: UInt64?) throws(SystemError) {
        guard let map = maps[Self.sharedMap] else { return }
        let codec = MapCodec(family: family)
        try map.put([(codec.native(UInt32(0)), codec.native(cookie ?? 0))])
    }
}
