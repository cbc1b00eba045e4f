internal import CLinux
import Glibc

/// Starts a program with its standard streams.
enum ChildLaunch {
    struct Parts: Sendable {
        var process: Int32
        var input: Int32?
        var output: Int32
        var errors: Int32
    }

    static func start(
        _ path: String, _ arguments: [String], _ environment: [String]?, _ input: ChildProcess.Input
    ) throws(SystemError) -> Parts {
        var opened: [Int32] = []
        // What stays open here is taken out of the list.
        defer { opened.forEach(SystemCall.close) }
        let errors = try memoryFile()
        opened.append(errors)
        let (outputReader, outputWriter) = try makePipe()
        opened += [outputReader, outputWriter]
        let theirInput: Int32
        var ourInput: Int32?
        switch input {
        case .bytes(let bytes):
            theirInput = try memoryFile()
            opened.append(theirInput)
            try fill(theirInput, bytes)
        case .pipe:
            let (reader, writer) = try makePipe()
            theirInput = reader
            ourInput = writer
            opened += [reader, writer]
        }
        let process = try spawn(path, arguments, environment, streams: [theirInput, outputWriter, errors])
        opened.removeAll { $0 == errors || $0 == outputReader || $0 == ourInput }
        return Parts(process: process, input: ourInput, output: outputReader, errors: errors)
    }

    private static func memoryFile() throws(SystemError) -> Int32 {
        try SystemCall.run("make a file in memory") { unsafe viaduct_memory_file("viaduct") }
    }

    private static func makePipe() throws(SystemError) -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        try SystemCall.run("make a pipe") {
            unsafe ends.withUnsafeMutableBufferPointer { unsafe viaduct_pipe($0.baseAddress) }
        }
        return (ends[0], ends[1])
    }

    private static func fill(_ descriptor: Int32, _ bytes: [UInt8]) throws(SystemError) {
        try SystemCall.repeating("fill a file in memory", bytes.count) { done in
            unsafe bytes.withUnsafeBytes { raw in
                unsafe pwrite(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, done)
            }
        }
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String]?, streams: [Int32]
    ) throws(SystemError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // Sockets of event loops, say, which are not marked to be closed.
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A group of its own: an interrupt from the terminal is for us, who then end it.
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        unsafe sigaddset(&defaults, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Threads of Dispatch block signals, and programs would inherit that.
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
        var process: pid_t = 0
        let code = unsafe withPointers([path] + arguments) { argv in
            guard let environment else {
                return unsafe posix_spawn(&process, path, &actions, &attributes, argv, environ)
            }
            return unsafe withPointers(environment) { variables in
                unsafe posix_spawn(&process, path, &actions, &attributes, argv, variables)
            }
        }
        guard code == 0 else { throw SystemError("start \(path)", code: code) }
        return process
    }

    /// Hands over C strings in an array that ends with nil.
    @unsafe
    private static func withPointers(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return EINVAL }
            return unsafe body(UnsafePointer(base))
        }
    }
}
