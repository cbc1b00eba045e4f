#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads small files whole.
enum FileReader {
    /// Bytes. A kubeconfig of thousands of clusters stays below.
    static let maximumSize = 16 << 20

    /// The error is the system's text, such as "No such file or directory".
    struct Failure: Error {
        var reason: String
    }

    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(reason: systemError()) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(reason: systemError())
            }
            guard content.count + count <= maximumSize else {
                throw Failure(reason: "larger than \(maximumSize >> 20) MiB")
            }
            content.append(contentsOf: buffer[..<count])
        }
    }

    private static func systemError() -> String { String(cString: strerror(errno)) }
}
