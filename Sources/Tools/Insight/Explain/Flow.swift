package import Dataplane
package import NetworkAddress
package import ServiceModel

/// The connection in question, with its two ends resolved.
package struct Flow: Sendable {
    package struct Client: Hashable, Sendable {
        /// Nil: any address, or the kernel's choice.
        package var address: IPAddress?
        package var origin: Origin
        /// How the address was determined.
        package var why: String
        /// The node on which the connection begins, if it is another one.
        package var otherNode: String?
        /// The name for users: `pod default/web-1 (10.244.1.7)`.
        package var name: String
    }

    package var client: Client
    package var destination: EndpointAddress
    package var transport: TransportProtocol
    /// Nil if the destination is not a Service's.
    package var target: KernelQuestion.Target?
    /// Notes for the user about how the question was interpreted.
    package var notes: [String] = []

    package var family: IPFamily { destination.ip.family }
}
