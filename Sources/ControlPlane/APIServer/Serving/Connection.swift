import APISecurity
import NIOCore
import NIOSSL
import NetworkAddress
import Synchronization

/// The connection that requests come on.
final class Connection: ClientConnection {
    /// That of the request being answered.
    @TaskLocal static var current: Connection?

    let isSecure: Bool
    /// Whether the client came to a loopback address.
    let isToLoopback: Bool
    /// The client's address; empty if there is none.
    let remoteAddress: String
    let activity: ConnectionActivity
    private let channel: any Channel
    private let peer = Mutex<Peer>(.unknown)

    private enum Peer {
        case unknown
        case none
        case certificate([UInt8])
    }

    init(channel: any Channel, isSecure: Bool, activity: ConnectionActivity) {
        self.channel = channel
        self.activity = activity
        self.isSecure = isSecure
        isToLoopback = channel.localAddress?.ipAddress.flatMap { IPAddress($0) }?.isLoopback ?? false
        remoteAddress = channel.remoteAddress?.ipAddress ?? ""
    }

    /// False for a channel that is one of several streams on this connection.
    func isOn(_ channel: any Channel) -> Bool { self.channel === channel }

    /// Calls back once the client of a request on this connection, or on a stream of it, is gone.
    /// - Returns: what ends that, with ``forget(_:)``.
    func whenGone(_ channel: any Channel, _ observer: @escaping @Sendable () -> Void) -> Int {
        // A stream does not tell of the connection's end before all that was received is read.
        if !isOn(channel) { channel.closeFuture.whenComplete { _ in observer() } }
        return activity.whenGone(observer)
    }

    func forget(_ number: Int) { activity.forget(number) }

    /// DER of the certificate that the client showed; nil without one. It was not verified.
    func clientCertificate() async -> [UInt8]? {
        guard isSecure else { return nil }
        switch peer.withLock({ $0 }) {
        case .none: return nil
        case .certificate(let bytes): return bytes
        case .unknown: break
        }
        let certificate = try? await channel.nioSSL_peerCertificate().get()
        let bytes = try? certificate?.toDERBytes()
        peer.withLock { $0 = bytes.map { .certificate($0) } ?? .none }
        return bytes
    }
}
