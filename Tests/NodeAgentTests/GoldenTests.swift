import ContainerRuntime
import Foundation
import JSONStream
import KubeAPI
import Testing

@testable import NodeAgent

/// A pod, what the runtime has of it and what is remembered go in; what is to be done and the status come out. Each case is
/// a file in Goldens: `input` is written by hand; with VIADUCT_RECORD_GOLDENS set, `output` is written anew, to be read
/// before it is kept.
@Suite struct GoldenTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")

    static func cases() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".json") }.sorted()
    }

    @Test("What is done and told is what the golden files say", arguments: try Self.cases())
    func golden(_ name: String) throws {
        let file = Self.directory.appending(path: name)
        var golden = try JSONValue(parsing: Data(contentsOf: file))
        let output = try Self.output(golden["input"] ?? [:])
        if ProcessInfo.processInfo.environment["VIADUCT_RECORD_GOLDENS"] != nil {
            golden["output"] = output
            let text = try JSONSerialization.data(
                withJSONObject: JSONSerialization.jsonObject(with: Data(golden.serialized())),
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            try (text + Data("\n".utf8)).write(to: file)
        }
        #expect(Self.sorted(output) == Self.sorted(golden["output"] ?? [:]))
    }

    @Test("There are cases for every kind of start and end")
    func count() throws { #expect(try Self.cases().count >= 20) }

    /// Members in an order that files may have another of.
    private static func sorted(_ value: JSONValue) -> String {
        switch value {
        case .object(let members):
            let parts = members.map { ($0.key, sorted($0.value)) }.sorted { $0.0 < $1.0 }.map { "\($0.0): \($0.1)" }
            return "{\(parts.joined(separator: ", "))}"
        case .array(let elements): return "[\(elements.map(sorted).joined(separator: ", "))]"
        default: return String(decoding: value.serialized(), as: UTF8.self)
        }
    }

    private static func output(_ input: JSONValue) throws -> JSONValue {
        var podJSON: JSONValue = input["pod"] ?? [:]
        var metadata = podJSON["metadata"] ?? [:]
        metadata["name"] = metadata["name"] ?? "web"
        metadata["namespace"] = "shop"
        metadata["uid"] = "u1"
        podJSON["metadata"] = metadata
        let pod = try BoundPod(podJSON)
        let now = try time(input.text("now"))
        let observation = try observation(input)
        var memory = try memory(input["memory"] ?? [:], now)
        let plan = PodPlan(pod, observation, memory, now: now)
        memory.problems.merge(plan.problems) { $1 }
        memory.failure = plan.failure
        let report = PodStatusReport(
            pod, observation, memory, host: .init(addresses: ["192.0.2.7"], runtime: "containerd"), now: now)
        var result: JSONValue = [
            "actions": .array(plan.actions.map { .string("\($0)") }), "status": report.json,
        ]
        if let again = plan.lookAgain { result["lookAgain"] = .string(again.text()) }
        return result
    }

    private static func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(text.isEmpty ? "2026-01-01T00:10:00Z" : text), "\(text)")
    }

    private static func observation(_ input: JSONValue) throws -> PodObservation {
        var result = PodObservation()
        let identity = PodIdentity(name: "web", namespace: "shop", uid: "u1")
        // The newest comes last in the file, as things happened.
        for (index, sandbox) in input.list("sandboxes").enumerated() {
            result.sandboxes.insert(
                SandboxSummary(
                    id: sandbox.text("id"), pod: identity, attempt: UInt32(index), isReady: !sandbox.flag("stopped"),
                    createdAt: Int64(index)), at: 0)
            result.addresses = sandbox.flag("stopped") ? [] : ["10.0.0.5"]
        }
        for (index, container) in input.list("containers").enumerated() {
            let exit = container.integer("exit")
            let state: ContainerState = container.flag("created") ? .created : exit == nil ? .running : .exited
            let id = container["id"]?.stringValue ?? "c\(index)"
            var annotations = [PodLabels.restartCount: String(container.integer("restarts") ?? 0)]
            annotations[PodLabels.hash] = container["hash"]?.stringValue
            let summary = ContainerSummary(
                id: id, sandbox: container["sandbox"]?.stringValue ?? result.sandboxes.first?.id ?? "",
                name: container.text("name"), attempt: UInt32(container.integer("restarts") ?? 0), state: state,
                createdAt: Int64(index), annotations: annotations)
            let start = try time(container.text("started")).microseconds * 1000
            let detail = ContainerDetail(
                id: id, state: state, startedAt: start,
                finishedAt: exit == nil ? 0 : try time(container.text("finished")).microseconds * 1000,
                exitCode: Int32(exit ?? 0), reason: container.text("reason"), imageReference: "sha256:1")
            result.containers.insert(
                PodObservation.Container(
                    summary: summary, detail: detail, terminationMessage: container.text("message")), at: 0)
        }
        return result
    }

    private static func memory(_ json: JSONValue, _ now: Timestamp) throws -> PodMemory {
        var memory = PodMemory()
        memory.startedAt = try time("2026-01-01T00:00:00Z")
        for (id, results) in json["probes"]?.objectValue ?? [:] {
            memory.probes[id] = ProbeResults(
                startup: results["startup"]?.boolValue, readiness: results["readiness"]?.boolValue,
                liveness: results["liveness"]?.boolValue)
        }
        for (name, failures) in json["restarts"]?.objectValue ?? [:] {
            for _ in 0..<(failures.integerValue ?? 0) {
                memory.restarts.grow(name, failure: now + .seconds(-5), now: now + .seconds(-5))
            }
        }
        for (name, problem) in json["problems"]?.objectValue ?? [:] {
            memory.problems[name] = StatusProblem(problem.text("reason"), problem.text("message"))
            memory.retryAt[name] = try time(problem.text("retryAt"))
        }
        for (image, message) in json["pulls"]?.objectValue ?? [:] {
            memory.pulls.grow(image, failure: now + .seconds(-5), now: now + .seconds(-5))
            memory.pulls[image]?.message = message.stringValue ?? ""
        }
        memory.hasEnded = json.flag("ended")
        return memory
    }
}
