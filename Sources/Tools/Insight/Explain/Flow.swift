package import Dataplane
package import NetworkAddress
package import ServiceModel

/// A connection that is asked about, with who is meant.
package struct Flow: Sendable {
    package struct Client: Hashable, Sendable {
        /// Nil: nobody in particular, or what the kernel chooses.
        package var address: IPAddress?
        package var origin: Origin
        /// How that is known.
        package var why: String
        /// The node that the connection begins on, where that is another one.
        package var otherNode: String?
        /// For people: `pod default/web-1 (10.244.1.7)`.
        package var name: String
    }

    package var client: Client
    package var destination: EndpointAddress
    package var transport: TransportProtocol
    /// Nil: it leads to no Service.
    package var target: KernelQuestion.Target?
    /// What the user should know of how the question was understood.
    package var notes: [String] = []

    package var family: IPFamily { destination.ip.family }
}
