import FoundationEssentials
import Glibc
import ProxyServer

/// The main loop of a process in a node's namespace: it answers line by line, and ends with its standard input.
enum AgentLoop {
    static func run(_ answer: (NodeRequest) async throws -> NodeReply) async {
        while let line = readLine() {
            var reply: NodeReply
            do {
                reply = try await answer(try JSONDecoder().decode(NodeRequest.self, from: Data(line.utf8)))
            } catch {
                reply = NodeReply(failure: "\(error)")
            }
            reply.memory = ProcessMemory(status: SystemFiles.host.read("/proc/self/status") ?? "")
            guard let data = try? JSONEncoder().encode(reply) else { return }
            print(String(decoding: data, as: UTF8.self))
            fflush(nil)
        }
    }
}
