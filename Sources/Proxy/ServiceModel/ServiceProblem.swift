public import KubeAPI

/// A part of an object that the proxy cannot use and left out; everything else works.
public struct ServiceProblem: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        case service = "Service"
        case endpointSlice = "EndpointSlice"
        case node = "Node"
    }

    /// `reason` of an Event.
    public enum Reason: String, Hashable, Sendable {
        case invalidPort = "InvalidPort"
        case invalidProtocol = "InvalidProtocol"
        case invalidAddress = "InvalidAddress"
        case invalidField = "InvalidField"
        /// A duplicate port, or node port, in one object.
        case duplicatePort = "DuplicatePort"
        /// An older Service has the address or the node port already.
        case conflict = "AddressConflict"
        /// A port on which the proxy itself must listen is in use, or not allowed.
        case portUnavailable = "PortUnavailable"
        /// More endpoints than the proxy mode supports.
        case tooManyEndpoints = "TooManyEndpoints"
        /// As upstream names it.
        case incorrectIPVersion = "KubeProxyIncorrectIPVersion"
    }

    public var kind: Kind
    public var key: ObjectKey
    /// Empty if the object had none.
    public var uid: String
    public var reason: Reason
    /// What is wrong, where, and what the proxy does about it: for an Event and for the log.
    public var message: String

    public init(kind: Kind, key: ObjectKey, uid: String = "", reason: Reason, message: String) {
        self.kind = kind
        self.key = key
        self.uid = uid
        self.reason = reason
        self.message = message
    }

    /// `Service default/web: spec.ports[0].port: ...`
    public var description: String { "\(kind.rawValue) \(key): \(message)" }
}

extension [ServiceProblem] {
    /// One object can have thousands of bad parts; nobody reads thousands of lines about it.
    static let maximumPerObject = 16

    mutating func appendBounded(_ problem: ServiceProblem) {
        if count < Self.maximumPerObject {
            append(problem)
        } else if count == Self.maximumPerObject {
            var last = problem
            last.message += " (more problems of this object are not listed)"
            append(last)
        }
    }
}
