import NIOCore
import NetworkAddress

/// Turns errors of the network library into sentences.
public enum ErrorSentence {
    public static func of(_ error: any Error) -> String {
        if let error = error as? IOError {
            return SystemErrorText.sentence(code: error.errnoCode, description: error.description)
        }
        return "\(error)"
    }
}
