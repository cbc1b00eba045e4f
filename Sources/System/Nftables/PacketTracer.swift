internal import CNftables
internal import Glibc
package import LinuxSystem
internal import Netlink
package import NetworkAddress
internal import Synchronization

/// The kernel's report about one packet: at a rule, at the end of a chain, or at a chain's policy.
package struct TraceEvent: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case rule, `return`, policy }

    /// The same for all events of one packet.
    package var packet: UInt32
    package var family: Ruleset.Family
    package var table: String
    package var chain: String
    package var kind: Kind
    /// 0: no rule.
    package var handle: UInt64
    /// As nft writes it: `accept`, `jump services`; empty if the packet continued with the next rule.
    package var verdict: String
}

/// Makes the kernel report how rules treat packets of one connection. A table of its own marks the packets. The kernel
/// removes it when this is released or the process ends, however it ends.
package struct PacketTracer: ~Copyable {
    /// More events are not remembered.
    private static let limit = 4096

    private final class Events: Sendable {
        let all = Mutex<[TraceEvent]>([])
    }

    /// Keeps the table.
    private let sender: TransactionSender
    private let subscription: NetlinkSubscription
    private let found: Events

    /// Starts the trace.
    ///
    /// - Parameter source: nil: any source.
    /// - Throws: EPERM without CAP_NET_ADMIN; EOPNOTSUPP if the kernel does not support tables that end with their
    ///   socket (Linux 5.12).
    package init(
        from source: IPAddress?, to destination: IPAddress, port: UInt16, transport: UInt8
    ) throws(SystemError) {
        let family = destination.family
        let events = Events()
        let subscription = try NetlinkSubscription(
            protocol: NETLINK_NETFILTER, groups: [UInt32(NFNLGRP_NFTRACE.rawValue)], label: "nftables-trace"
        ) { notice in
            guard case .message(let message) = notice, let event = LibnftnlReader.trace(message.whole) else { return }
            events.all.withLock { if $0.count < Self.limit { $0.append(event) } }
        }
        let rule = RuleBuilder.rule(family) {
            if let source { $0.address(.source, in: IPNetwork(source)) }
            $0.address(.destination, in: IPNetwork(destination))
            $0.transport(transport)
            $0.destinationPort(port)
            $0.trace()
        }
        var plan = Plan()
        plan.addsTable = true
        // In front of everybody's, connection tracking included.
        for hook in [BaseChain.Hook.prerouting, .output] {
            plan.addedChains.append(
                ChainDefinition(
                    name: "trace-\(hook)", base: BaseChain(kind: .filter, hook: hook, priority: -400), rules: [rule]))
        }
        var sender = try TransactionSender(
            family: family, name: "viaduct-trace-\(getpid())",
            layout: TableLayout(
                comment: "viaduct explain --trace; goes by itself", sets: [], endsWithSocket: true))
        _ = try sender.commit(plan)
        self.sender = sender
        self.subscription = subscription
        found = events
    }

    /// The events of the first packet so far, in order.
    package var events: [TraceEvent] {
        found.all.withLock { all in
            guard let first = all.first else { return [] }
            return all.filter { $0.packet == first.packet && !$0.table.hasPrefix("viaduct-trace-") }
        }
    }

    /// Whether a packet was seen.
    package var hasBegun: Bool { found.all.withLock { !$0.isEmpty } }
}

extension LibnftnlReader {
    static func trace(_ message: ArraySlice<UInt8>) -> TraceEvent? {
        guard let object = try? NftablesObject.trace(),
            unsafe parse(message, NFT_MSG_TRACE, { unsafe nftnl_trace_nlmsg_parse($0, object.pointer) })
        else { return nil }
        func isSet(_ attribute: nftnl_trace_attr) -> Bool {
            unsafe nftnl_trace_is_set(object.pointer, UInt16(attribute.rawValue))
        }
        func number(_ attribute: nftnl_trace_attr) -> UInt32 {
            isSet(attribute) ? unsafe nftnl_trace_get_u32(object.pointer, UInt16(attribute.rawValue)) : 0
        }
        func string(_ attribute: nftnl_trace_attr) -> String {
            isSet(attribute) ? unsafe text(nftnl_trace_get_str(object.pointer, UInt16(attribute.rawValue))) ?? "" : ""
        }
        let kind: TraceEvent.Kind
        switch number(NFTNL_TRACE_TYPE) {
        case NFT_TRACETYPE_RULE.rawValue: kind = .rule
        case NFT_TRACETYPE_RETURN.rawValue: kind = .return
        case NFT_TRACETYPE_POLICY.rawValue: kind = .policy
        default: return nil
        }
        guard let family = Ruleset.Family(rawValue: UInt8(number(NFTNL_TRACE_FAMILY) & 0xFF)) else { return nil }
        let handle =
            isSet(NFTNL_TRACE_RULE_HANDLE)
            ? unsafe nftnl_trace_get_u64(object.pointer, UInt16(NFTNL_TRACE_RULE_HANDLE.rawValue)) : 0
        let code = kind == .policy ? number(NFTNL_TRACE_POLICY) : number(NFTNL_TRACE_VERDICT)
        return TraceEvent(
            packet: number(NFTNL_TRACE_ID), family: family, table: string(NFTNL_TRACE_TABLE),
            chain: string(NFTNL_TRACE_CHAIN), kind: kind, handle: handle,
            verdict: verdict(Int32(bitPattern: code), string(NFTNL_TRACE_JUMP_TARGET)))
    }

    private static func verdict(_ code: Int32, _ target: String) -> String {
        switch code {
        case NF_ACCEPT: "accept"
        case NF_DROP: "drop"
        case NF_STOLEN: "stolen"
        case NF_QUEUE: "queue"
        case NFT_RETURN.rawValue: "return"
        case NFT_JUMP.rawValue: "jump \(target)"
        case NFT_GOTO.rawValue: "goto \(target)"
        default: ""
        }
    }
}
