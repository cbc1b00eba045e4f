import Foundation
import LinuxSystem
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import StatusServing

@Suite struct SocketServerTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "v-\(UUID().uuidString).sock").path

    private func serving<Result: Sendable>(
        _ answer: @escaping SocketListener.Answer, _ body: @Sendable (SocketClient) async throws -> Result
    ) async throws -> Result {
        let listener = try await SocketListener.bind(path, answer: answer)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await listener.closed() }
            let result = try await body(SocketClient(path: path))
            group.cancelAll()
            return result
        }
    }

    @Test("Answers come over the socket, whatever their status", .timeLimit(.minutes(30)))
    func answers() async throws {
        try await serving { question in
            question.path == "/v1/a" ? .text("\(question.method) \(question.query)") : .text("no such\n", status: 404)
        } _: { client in
            let body = try await client.get("/v1/a?x=1")
            #expect(String(decoding: body, as: UTF8.self) == "GET x=1")
            await #expect(throws: SocketClient.Failure.status(404, "no such")) { _ = try await client.get("/v1/b") }
            // One request a connection, as many connections as one likes after each other.
            for _ in 0..<500 { _ = try await client.get("/v1/a") }
        }
    }

    @Test("No server, and an answer that is too long, are told apart", .timeLimit(.minutes(30)))
    func failures() async throws {
        let client = SocketClient(path: path)
        await #expect(throws: SocketClient.Failure.absent(path: path)) { _ = try await client.get("/") }
        try await serving { _ in
            .text(String(repeating: "x", count: 5000))
        } _: { client in
            var small = client
            small.bodyLimit = 100
            await #expect(throws: SocketClient.Failure.self) { _ = try await small.get("/") }
            let body = try await client.get("/")
            #expect(body.count == 5000)
        }
    }

    @Test("Connections beyond the limit are closed, and those before are answered", .timeLimit(.minutes(30)))
    func limit() async throws {
        try await serving { _ in
            .text("ok")
        } _: { [path] client in
            func open() async throws -> any Channel {
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(unixDomainSocketPath: path).get()
            }
            var idle: [any Channel] = []
            for _ in 0..<SocketListener.connectionLimit { idle.append(try await open()) }
            // They may not all have been accepted yet, or the first ones not be there any more; once so many are, nobody
            // else gets in.
            var isFull = false
            for _ in 0..<6000 where !isFull {
                do { _ = try await client.get("/") } catch { isFull = true }
                if !isFull { idle.append(try await open()) }
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(isFull)
            for channel in idle { try? await channel.close().get() }
            var isFree = false
            for _ in 0..<60_000 where !isFree {
                isFree = (try? await client.get("/")) != nil
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(isFree)
        }
    }

    @Test("Bytes that are no HTTP do no harm", .timeLimit(.minutes(30)))
    func noise() async throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = (0..<20).map { _ in (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) } }
        try await serving { _ in
            .text("ok")
        } _: { [path] client in
            for piece in pieces {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(unixDomainSocketPath: path).get()
                try? await channel.writeAndFlush(ByteBuffer(bytes: piece)).get()
                try? await channel.close().get()
            }
            let body = try await client.get("/")
            #expect(String(decoding: body, as: UTF8.self) == "ok")
        }
    }
}
