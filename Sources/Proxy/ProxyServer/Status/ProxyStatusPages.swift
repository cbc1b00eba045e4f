import Dataplane
import FoundationEssentials
import Glibc
import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress
import ProxyConfiguration
import ServiceModel
import StatusServing

/// The answers of the status socket.
struct ProxyStatusPages: Sendable {
    private let proxy: ServiceProxy
    private let settings: ProxySettings
    private let meter: TrafficMeter
    private let drains: DrainKeeper
    private let client: KubeClient
    private let configuration: String
    private let clock: ProxyHealth.Clock
    private let started: ProxyHealth.Clock.Reading

    init(
        _ proxy: ServiceProxy, _ meter: TrafficMeter, _ drains: DrainKeeper, _ options: ProxyOptions,
        client: KubeClient,
        clock: ProxyHealth.Clock = .system
    ) {
        self.proxy = proxy
        self.meter = meter
        self.drains = drains
        self.client = client
        settings = options.settings
        configuration = String(decoding: options.configuration.json.serialized(), as: UTF8.self)
        self.clock = clock
        started = clock.read()
    }

    func answer(_ question: HTTPQuestion) async -> HTTPAnswer {
        if question.path == DrainStatus.target { return await answerDrains(question) }
        guard question.method == "GET" || question.method == "HEAD" else {
            return Self.json(["error": "only GET is understood here"], status: 405)
        }
        switch question.path {
        case ProxyStatus.target: return Self.json(await status())
        case ProxySocket.configurationTarget:
            return HTTPAnswer(contentType: "application/json", body: configuration + "\n")
        case ServicesStatus.target: return await services(question)
        case "/", "/v1":
            return Self.json([
                "paths": [
                    ProxyStatus.target, ProxySocket.configurationTarget, ServicesStatus.target, DrainStatus.target,
                ]
            ])
        default: return Self.json(["error": "there is no \(question.path); GET /v1 lists what there is"], status: 404)
        }
    }

    private static func json(_ value: some Encodable, status: Int = 200) -> HTTPAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return .text("cannot be written as JSON\n", status: 500) }
        return HTTPAnswer(
            status: status, contentType: "application/json", body: String(decoding: data, as: UTF8.self) + "\n")
    }

    /// GET lists what is drained; POST and DELETE with `?address=10.0.0.1:80` begin and undo it.
    private func answerDrains(_ question: HTTPQuestion) async -> HTTPAnswer {
        switch question.method {
        case "GET", "HEAD": break
        case "POST", "DELETE":
            guard let text = question.value(of: "address"), let address = DrainAddress.parse(text) else {
                return Self.json(
                    ["error": "address: must be an address, such as 10.0.0.1 or 10.0.0.1:80"], status: 400)
            }
            if question.method == "POST" {
                guard await drains.drain(address) else {
                    return Self.json(
                        ["error": "no more than \(DrainKeeper.maximumAddresses) are drained at once"], status: 429)
                }
            } else {
                guard await drains.undo(address) else {
                    return Self.json(["error": "\(text) is not drained by this proxy"], status: 404)
                }
            }
        default: return Self.json(["error": "only GET, POST and DELETE are understood here"], status: 405)
        }
        return Self.json(
            DrainStatus.List(
                items: await drains.statuses, emptied: await proxy.emptiedByDrains().map(\.description)))
    }

    private func status() async -> ProxyStatus {
        let model = await proxy.modelSummary
        let progress = proxy.parts.progress.all
        let now = clock.now()
        func age(_ instant: ContinuousClock.Instant?) -> Double? { instant.map { Self.seconds(now - $0) } }
        var families: [String: ProxyStatus.Family] = [:]
        for (family, facts) in model.facts {
            let state = progress[family] ?? SyncProgress.Family()
            families[family.rawValue] = ProxyStatus.Family(
                inForceSeconds: age(state.inForceSince), programmedSeconds: age(state.programmed),
                checkedSeconds: age(state.checked), pendingSeconds: age(state.pendingSince),
                failure: state.failure.map {
                    ProxyStatus.Failure(
                        error: $0.error, attempts: $0.attempts, seconds: Self.seconds(now - $0.since))
                }, repairs: state.repairs, facts: facts)
        }
        return ProxyStatus(
            version: BuildInformation.version, kubernetesVersion: BuildInformation.kubernetesVersion,
            processID: getpid(), networkNamespace: ProxyStatus.networkNamespaceHere,
            startTime: RFC3339.format(nanoseconds: started.wallTime), uptimeSeconds: Self.seconds(now - started.now),
            mode: settings.mode.name, iptablesEngine: settings.iptablesEngine,
            servers: client.configuration.servers.map(\.description),
            hasListed: model.hasListed,
            node: ProxyStatus.Node(name: model.configuration.nodeName, model.node), families: families,
            shares: model.shares, model: ProxyStatus.Model(model.configuration))
    }

    private func services(_ question: HTTPQuestion) async -> HTTPAnswer {
        var chosen: Set<ObjectKey>?
        if let selector = question.value(of: "labelSelector"), !selector.isEmpty {
            do {
                chosen = try await select(selector)
            } catch {
                return Self.json(["error": "the selector cannot be asked for: \(error)"], status: 502)
            }
        }
        let tally = await meter.look()
        var status = ServicesStatus(
            await proxy.overview(),
            where: { name in
                chosen.map { $0.contains(ObjectKey(namespace: name.namespace, name: name.name)) } ?? true
            }, tally: tally)
        status.countedSeconds = tally.map { Self.seconds(meter.age(of: $0)) }
        let now = clock.now()
        for (family, state) in proxy.parts.progress.all {
            status.programmedSeconds[family.rawValue] = state.programmed.map { Self.seconds(now - $0) }
        }
        return Self.json(status)
    }

    /// The API server knows labels; the model keeps none.
    private func select(_ selector: String) async throws(APIError) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        var token = ""
        repeat {
            let page = try await client.list(
                Service.self, ObjectSelector(labels: selector), limit: 500, continueToken: token)
            for service in page.items { keys.insert(service.metadata.key) }
            token = page.continueToken
        } while !token.isEmpty
        return keys
    }

    private static func seconds(_ duration: Duration) -> Double {
        // Milliseconds are enough for people.
        (duration / .milliseconds(1)).rounded() / 1000
    }
}

extension ProxyStatus {
    /// The number of this process's network namespace; 0: unknown.
    public static var networkNamespaceHere: UInt64 {
        var facts = stat()
        return stat("/proc/self/ns/net", &facts) == 0 ? UInt64(facts.st_ino) : 0
    }
}

extension ProxySettings {
    /// Nil in other modes.
    var iptablesEngine: String? {
        let engine = options.text("engine")
        return engine.isEmpty ? nil : engine
    }
}

extension ServiceProxy {
    /// What the model knows besides objects.
    struct ModelSummary: Sendable {
        var configuration: ServiceModelConfiguration
        var node: NodeState
        var facts: [IPFamily: ProxyStatus.Facts]
        var hasListed: Bool
        var shares: ProxyStatus.Shares
    }

    var modelSummary: ModelSummary {
        var facts: [IPFamily: ProxyStatus.Facts] = [:]
        for family in parts.dataplanes.map(\.family) {
            facts[family] = ProxyStatus.Facts(model.facts(family), nodeAddress: model.nodeIP(family))
        }
        return ModelSummary(
            configuration: model.configuration, node: model.node, facts: facts, hasListed: hasListed,
            shares: ProxyStatus.Shares(model))
    }
}
