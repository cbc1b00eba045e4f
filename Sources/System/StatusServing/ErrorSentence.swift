import NIOCore
import NetworkAddress

/// What the network library throws, as a sentence.
public enum ErrorSentence {
    public static func of(_ error: any Error) -> String {
        if let error = error as? IOError {
            return SystemErrorText.sentence(code: error.errnoCode, description: error.description)
        }
        return "\(error)"
    }
}
