import Foundation
import Testing

@testable import LinuxSystem

@Suite struct UnixSocketNameTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "viaduct-\(UUID().uuidString)")

    private var path: String { directory.appending(path: "s.sock").path }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("The directory is for everybody, the socket for its user alone, and both ends are clean")
    func modes() throws {
        do {
            let name = try UnixSocketName(path)
            let descriptor = try name.listen()
            #expect(try mode(directory.path) == 0o755)
            #expect(try mode(path) == 0o600)
            SystemCall.close(descriptor)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        try FileManager.default.removeItem(at: directory)
    }

    @Test("A live socket is refused, with the process that has it; a dead one's is replaced")
    func liveAndDead() throws {
        var name: UnixSocketName? = try UnixSocketName(path)
        let descriptor = try #require(try name?.listen())
        let error = #expect(throws: SystemError.self) { _ = try UnixSocketName(path) }
        #expect(error?.code == EADDRINUSE)
        #expect(error?.description.contains("process \(getpid()) listens there") == true)
        #expect(FileManager.default.fileExists(atPath: path))
        SystemCall.close(descriptor)
        name = nil
        // What a killed process leaves: a socket that nobody listens at, and a lock that nobody holds.
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let again = try UnixSocketName(path)
        SystemCall.close(try again.listen())
        #expect(FileManager.default.fileExists(atPath: path))
        SystemCall.close(try again.listen())
        SystemCall.close(left)
        withExtendedLifetime(again) {}
        try FileManager.default.removeItem(at: directory)
    }

    @Test("What is no socket is left alone")
    func others() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: SystemError.self) { _ = try UnixSocketName(path) }
        #expect(error?.code == EEXIST)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        try FileManager.default.removeItem(at: directory)
    }

    @Test("A name that is too long is refused")
    func tooLong() {
        let error = #expect(throws: SystemError.self) {
            _ = try UnixSocketName("/tmp/" + String(repeating: "x", count: 200))
        }
        #expect(error?.code == ENAMETOOLONG)
    }
}
