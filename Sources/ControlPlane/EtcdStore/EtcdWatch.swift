import GRPCCore
import GRPCProtobuf
import ObjectStore
import Synchronization

/// One watch, over as many connections as it takes, one after the other.
final class EtcdWatch: Sendable {
    /// Batches that wait for a reader before it counts as too slow.
    private static let bufferedBatches = 4096

    private let continuation: StoreWatch.Continuation
    private let position: Mutex<WatchPosition>
    private let opening = Opening()
    /// Ends when nobody reads the stream any more.
    private let abandoned: AsyncStream<Void>

    /// The watch does not hold its stream, so that it ends when nobody else does.
    static func make(_ position: WatchPosition) -> (EtcdWatch, StoreWatch) {
        let (stream, continuation) = StoreWatch.makeStream(bufferingPolicy: .bufferingOldest(bufferedBatches))
        return (EtcdWatch(position, continuation), stream)
    }

    private init(_ position: WatchPosition, _ continuation: StoreWatch.Continuation) {
        self.position = Mutex(position)
        self.continuation = continuation
        let (abandoned, signal) = AsyncStream<Void>.makeStream()
        self.abandoned = abandoned
        continuation.onTermination = { _ in signal.finish() }
    }

    /// Waits until etcd has taken the watch.
    func opened(within timeout: Duration) async throws(StoreError) {
        do throws(StoreError) {
            try await opening.wait(timeout)
        } catch {
            continuation.finish()
            throw error
        }
    }

    /// Ends the watch.
    func end(throwing error: StoreError? = nil) {
        opening.settle(.failure(error ?? .unavailable("the store is closed")))
        continuation.finish(throwing: error)
    }

    /// Follows etcd until the watch ends or nobody reads it.
    func run(_ connections: EtcdConnections) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow(connections) }
            group.addTask { for await _ in self.abandoned {} }
            await group.next()
            group.cancelAll()
        }
        end()
    }

    private func follow(_ connections: EtcdConnections) async {
        var failures = 0
        while !Task.isCancelled {
            let endpoint = connections.currentEndpoint
            let before = position.withLock { $0.revision }
            let ending = await session(connections.client(endpoint)) { connections.currentEndpoint == endpoint }
            guard case .broken(let why) = ending else { return }
            opening.note(.unavailable(why))
            // Who got on is not in trouble, whatever ended it.
            failures = position.withLock { $0.revision } > before ? 0 : failures + 1
            connections.leave(endpoint)
            try? await Task.sleep(for: EtcdConnections.pause(round: failures))
        }
    }

    private enum Ending: Sendable {
        case over
        /// Another connection may do better.
        case broken(String)
    }

    /// Follows over one connection, as long as its endpoint is the one to use.
    private func session(
        _ client: EtcdConnections.Client, isCurrent: @escaping @Sendable () -> Bool
    ) async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask { await self.receive(from: client) }
            group.addTask {
                while isCurrent() {
                    guard (try? await Task.sleep(for: .milliseconds(250))) != nil else { return .over }
                }
                return .broken("the member has failed others")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .over
        }
    }

    private func receive(from client: EtcdConnections.Client) async -> Ending {
        let request = position.withLock { $0.makeRequest() }
        // A member that is cut off from the others ends the watch rather than staying silent.
        let metadata: Metadata = ["hasleader": "true"]
        let streaming = StreamingClientRequest(of: EtcdWatchRequest.self, metadata: metadata) { writer in
            try await writer.write(request)
            // The end of the requests would end the watch.
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
        do {
            return try await client.bidirectionalStreaming(
                request: streaming, descriptor: EtcdAPI.watch.descriptor,
                serializer: ProtobufSerializer<EtcdWatchRequest>(),
                deserializer: ProtobufDeserializer<EtcdWatchResponse>(), options: EtcdConnections.options
            ) { answer in
                for try await response in answer.messages {
                    if let ending = self.take(response) { return ending }
                }
                return .broken("the server has ended the stream")
            }
        } catch {
            return Task.isCancelled ? .over : .broken("\(EtcdFailure(error, wasSent: true).storeError)")
        }
    }

    /// Returns nil if the stream goes on.
    private func take(_ response: EtcdWatchResponse) -> Ending? {
        switch position.withLock({ $0.take(response) }) {
        case .nothing: return nil
        case .created:
            opening.settle(.success(()))
            return nil
        case .batch(let batch):
            switch continuation.yield(batch) {
            case .enqueued: return nil
            case .dropped: end(throwing: .slowWatcher)
            default: break
            }
            return .over
        case .compacted(let oldest):
            end(throwing: .compacted(oldest))
            return .over
        case .cancelled(let reason): return .broken(reason)
        }
    }
}
