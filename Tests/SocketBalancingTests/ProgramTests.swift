import Glibc
import Testing

/// The compiled program in the tree is that of the source beside it.
@Suite struct ProgramTests {
    private static let script =
        "/"
        + (#filePath.split(separator: "/").dropLast(3) + ["CModules", "CSocketBalancing", "program", "make-object"])
        .joined(separator: "/")

    private static func run(_ arguments: String) -> (output: String, status: Int32) {
        guard let stream = popen("\(script) \(arguments) 2>&1", "r") else { return ("popen failed", -1) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
        return (String(decoding: bytes, as: UTF8.self), pclose(stream) >> 8 & 0xFF)
    }

    /// 3 says that this clang has no such target, or is not the one that made the object.
    private static let checked = run("--check")

    @Test(
        "The object is what its source makes",
        .enabled(if: checked.status != 3, "needs the clang that made the object: \(checked.output)"))
    func object() {
        #expect(Self.checked.status == 0, "\(Self.checked.output)")
    }
}
