import ArgumentParser
import NetworkAddress

/// IP addresses in one option, separated by commas.
enum AddressList {
    /// - Parameter flag: for the message: `--node-ip`.
    /// - Throws: ValidationError that names what is no address.
    static func parse(_ text: String, flag: String) throws -> [IPAddress] {
        try text.split(separator: ",").map { part in
            guard let address = IPAddress(String(part)) else {
                throw ValidationError("\(flag): \"\(part)\" is not an IP address")
            }
            return address
        }
    }
}
