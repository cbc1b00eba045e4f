import IPVSDataplane
import IptablesDataplane
import LinuxSystem
import NetworkAddress
import Nftables
import NftablesDataplane
import ServiceModel

/// One way into the kernel, in this process's network namespace.
protocol WaySession: AnyObject {
    /// Makes what the next ``send()`` brings into the kernel. Takes no part in the measurement.
    func prepare(_ delta: FamilyDelta) throws
    func send() throws -> ProgrammingFigures
}

extension KernelWay {
    /// - Parameter limit: for one load by a program.
    /// - Throws: why this kernel or host has not this way.
    func session(limit: Duration) throws -> any WaySession {
        let nftables = NftablesConfiguration(family: .ipv4)
        let iptables = IptablesConfiguration(family: .ipv4, localhostNodePorts: true)
        let ipvs = IPVSConfiguration(family: .ipv4)
        switch self {
        case .blob: return try IptablesSession(iptables, .blob)
        case .libiptc: return try IptablesSession(iptables, .libiptc)
        case .iptablesRestore:
            var content = IptablesContent(iptables)
            return try ToolSession(.iptablesRestore, limit) { content.take($0).restoreText }
        case .libnftnl: return try NftablesSession(nftables)
        case .nft:
            var content = NftablesContent(nftables)
            let script = NftScript(table: nftables.table, layout: NftablesContent.layout)
            return try ToolSession(.nft, limit) { script.text(try content.take($0)) }
        case .libnl: return try IPVSSession(ipvs)
        case .ipvsadm:
            var content = IPVSContent(ipvs)
            return try ToolSession(.ipvsadm, limit) { content.take($0).ipvsadmText }
        }
    }
}

private final class NftablesSession: WaySession {
    private var content: NftablesContent
    private var sender: TransactionSender
    private var next = Plan()

    init(_ configuration: NftablesConfiguration) throws {
        content = NftablesContent(configuration)
        sender = try TransactionSender(
            family: .ipv4, name: configuration.table, layout: NftablesContent.layout)
    }

    func prepare(_ delta: FamilyDelta) throws { next = try content.take(delta) }

    func send() throws -> ProgrammingFigures {
        let (added, removed) = (next.addedCount, next.deletedCount)
        return try ProgrammingFigures(added: added, removed: removed) {
            let plan = next
            next = Plan()
            return try sender.commit(plan)
        }
    }
}

private final class IptablesSession: WaySession {
    private var content: IptablesContent
    private var sender: IptablesSender
    private var next = IptablesContent.Change()

    init(_ configuration: IptablesConfiguration, _ engine: TableEngine) throws {
        content = IptablesContent(configuration)
        sender = try IptablesSender(family: .ipv4, engine: engine)
    }

    func prepare(_ delta: FamilyDelta) { next = content.take(delta) }

    func send() throws -> ProgrammingFigures {
        try ProgrammingFigures(added: next.ruleCount) { try sender.commit(next) }
    }
}

private final class IPVSSession: WaySession {
    private var content: IPVSContent
    private var sender: IPVSSender
    private var next = IPVSContent.Messages()

    init(_ configuration: IPVSConfiguration) throws {
        content = IPVSContent(configuration)
        sender = try IPVSSender(family: .ipv4)
    }

    func prepare(_ delta: FamilyDelta) { next = content.take(delta) }

    func send() throws -> ProgrammingFigures {
        try ProgrammingFigures { (next.count, try sender.send(next)) }
    }
}

/// A program reads the content as text.
private final class ToolSession: WaySession {
    private let load: ToolLoad
    private let text: (FamilyDelta) throws -> String
    private var next: [UInt8] = []

    init(_ tool: ReferenceTool, _ limit: Duration, _ text: @escaping (FamilyDelta) throws -> String) throws {
        load = try ToolLoad(tool, limit: limit)
        self.text = text
    }

    func prepare(_ delta: FamilyDelta) throws { next = Array(try text(delta).utf8) }

    func send() throws -> ProgrammingFigures { try load.run(next) }
}

extension ProgrammingFigures {
    /// Of work in this process, which tells its messages and their bytes.
    init(added: Int? = nil, removed: Int? = nil, _ work: () throws -> (messages: Int, bytes: Int)) throws {
        let clock = ContinuousClock()
        let usage = ProcessUsage.current
        let start = clock.now
        let (messages, bytes) = try work()
        let seconds = (clock.now - start).seconds
        let used = ProcessUsage.current - usage
        self.init(
            seconds: seconds, userSeconds: used.userSeconds, systemSeconds: used.systemSeconds, messages: messages,
            bytes: bytes, added: added, removed: removed)
    }
}
