internal import NetworkAddress
internal import ServiceModel

extension Rule {
    /// As iptables-save writes it, without `-A CHAIN`.
    var iptablesText: String {
        var words: [String] = []
        func address(_ option: String, _ match: AddressMatch?) {
            guard let match else { return }
            words += (match.isInverted ? ["!"] : []) + [option, "\(match.network)"]
        }
        address("-s", source)
        address("-d", destination)
        if let inputInterface {
            words += inputInterface.isInverted ? ["!"] : []
            words += ["-i", inputInterface.name + (inputInterface.isPrefix ? "+" : "")]
        }
        if let transport { words += ["-p", transport.apiName.lowercased()] }
        words += matches.map { $0.iptablesText(transport) }
        words += ["-j", target.iptablesText]
        return words.joined(separator: " ")
    }
}

extension Rule.Match {
    func iptablesText(_ transport: TransportProtocol?) -> String {
        let begin = "-m \(kernelName(transport)) "
        switch self {
        case .comment(let text): return begin + "--comment \"\(text)\""
        case .destinationPort(let ports):
            return begin + "--dport "
                + (ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound):\(ports.upperBound)")
        case .mark(let mask, let isInverted):
            let text = "0x" + String(mask, radix: 16)
            return begin + (isInverted ? "! " : "") + "--mark \(text)/\(text)"
        case .connectionState(let states, let isInverted):
            return begin + (isInverted ? "! " : "") + "--ctstate \(states)"
        case .localSource: return begin + "--src-type LOCAL"
        case .localDestination: return begin + "--dst-type LOCAL"
        case .random(let share):
            return begin + "--mode random --probability \(Self.decimal(share))"
        case .refreshClient(let list, let seconds):
            return begin + "--update --seconds \(seconds) --reap --name \(list) --rsource"
        case .rememberClient(let list): return begin + "--set --name \(list) --rsource"
        }
    }

    /// Of 2^31, with eleven digits behind the point, as iptables-save has it.
    private static func decimal(_ share: UInt32) -> String {
        let unit: UInt64 = 100_000_000_000
        // 37 bits times 31 bits; the half is for rounding.
        let (quotient, remainder) = (UInt64(1) << 31).dividingFullWidth(UInt64(share).multipliedFullWidth(by: unit))
        let rounded = quotient + (remainder >= 1 << 30 ? 1 : 0)
        let digits = String(rounded % unit)
        return "\(rounded / unit)." + String(repeating: "0", count: 11 - digits.count) + digits
    }
}

extension Rule.ConnectionStates: CustomStringConvertible {
    var description: String {
        let names: [(Self, String)] = [
            (.invalid, "INVALID"), (.new, "NEW"), (.related, "RELATED"), (.established, "ESTABLISHED"), (.dnat, "DNAT"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }
}

extension Rule.Target {
    var iptablesText: String {
        switch self {
        case .accept: "ACCEPT"
        case .drop: "DROP"
        case .return: "RETURN"
        case .jump(let chain): "\(chain)"
        case .reject: "REJECT"
        case .dnat(let endpoint): "DNAT --to-destination \(endpoint)"
        case .masquerade: "MASQUERADE --random-fully"
        case .setMark(let value, let mask):
            "MARK --set-xmark 0x\(String(value, radix: 16))/0x\(String(mask, radix: 16))"
        }
    }
}
