import Foundation

/// Certificates made by the openssl command, in a directory of their own.
struct TestCertificates: Sendable {
    static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct CommandFailed: Error {
        var arguments: [String]
    }

    let directory: String

    /// An authority, `server` for 127.0.0.1, ::1 and viaduct.test, `named` for viaduct.test alone, and `client`.
    init() throws {
        directory = try TemporaryDirectory.make()
        try openssl("req -x509 -nodes -days 2 -subj /CN=test-authority -keyout ca.key -out ca.crt" + Self.newKey)
        try issue("server", "subjectAltName=IP:127.0.0.1,IP:::1,DNS:viaduct.test")
        try issue("named", "subjectAltName=DNS:viaduct.test")
        try issue("client", "extendedKeyUsage=clientAuth")
    }

    private static let newKey = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"

    private func issue(_ name: String, _ extensions: String) throws {
        try Data((extensions + "\n").utf8).write(to: URL(fileURLWithPath: path("\(name).ext")))
        try openssl("req -nodes -subj /CN=\(name) -keyout \(name).key -out \(name).csr" + Self.newKey)
        try openssl(
            "x509 -req -days 2 -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -out \(name).crt "
                + "-extfile \(name).ext")
    }

    private func openssl(_ line: String) throws {
        let arguments = line.split(separator: " ").map(String.init)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.openssl ?? "openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CommandFailed(arguments: arguments) }
    }

    func path(_ file: String) -> String { "\(directory)/\(file)" }

    func pem(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(file))))
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory)
    }
}

enum TemporaryDirectory {
    static func make() throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("viaduct-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    static func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
