import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import NetworkAddress

/// Turns errors of the network layers into one line for users.
enum TransportFailure {
    static func cause(of error: any Error, limit: Duration) -> APIError.Cause {
        switch error {
        case let error as HTTPClientError:
            cause(of: error, limit: limit)
        case let error as NIOConnectionError:
            .transport(text(of: error))
        case let error as IOError:
            .transport(text(of: error))
        case let error as NIOSSLError:
            .transport("TLS: \(TLSFailure.sentence("\(error)"))")
        case let error as BoringSSLError:
            .transport("TLS: \(TLSFailure.sentence("\(error)"))")
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            .transport(
                "TLS: the server's certificate is not for this address; use a name that it holds or set tls-server-name"
            )
        case is NIOTooManyBytesError:
            .invalidResponse("it is too large")
        default:
            .transport(TLSFailure.withoutPlaces("\(error)"))
        }
    }

    /// Whether there was no connection, so that the server knows nothing of the request.
    static func wasNotSent(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError:
            [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout].contains(error)
        case is NIOConnectionError: true
        case let error as IOError: error.errnoCode == 111
        default: false
        }
    }

    private static func cause(of error: HTTPClientError, limit: Duration) -> APIError.Cause {
        switch error {
        case .cancelled: .cancelled
        case .deadlineExceeded, .readTimeout: .timeout(limit)
        case .connectTimeout: .timeout(.seconds(10))
        case .tlsHandshakeTimeout: .transport("no TLS handshake; does the server speak https?")
        case .remoteConnectionClosed: .transport("the server closed the connection")
        default: .transport(error.shortDescription)
        }
    }

    private static func text(of error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first {
            if let system = first.error as? IOError { return text(of: system) }
            return TLSFailure.withoutPlaces("\(first.error)")
        }
        return "the host name \(error.host) cannot be resolved"
    }

    private static func text(of error: IOError) -> String {
        switch error.errnoCode {
        case 111: "connection refused; is the API server running?"
        case 104: "the server reset the connection"
        default: SystemErrorText.sentence(code: error.errnoCode, description: error.description)
        }
    }
}
