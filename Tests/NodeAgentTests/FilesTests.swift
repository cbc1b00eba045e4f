import Foundation
import JSONStream
import KubeAPI
import LinuxSystem
import Testing

@testable import NodeAgent

@Suite struct FilesTests {
    private func inDirectory(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func files(_ map: [String: String]) throws -> VolumeFiles {
        var data = KeyedData()
        for (key, text) in map { data.values[key] = Array(text.utf8) }
        let pod = try BoundPod(["metadata": ["name": "p"], "spec": [:]])
        let reference = ObjectReferences.Reference(kind: .configMap, name: "cm")
        return try VolumeFiles(
            [.configMap(name: "cm", items: nil, isOptional: false)], mode: 0o644, pod: pod,
            objects: ReferencedObjects(found: [reference: data]),
            fields: DownwardFields(pod: pod, podAddresses: [], hostAddresses: [], allocatable: [:]), tokens: [:])
    }

    @Test("Files change all at once, behind one link; what is the same is not written again")
    func atomic() throws {
        try inDirectory { path in
            let directory = AtomicDirectory(path: path)
            #expect(try directory.write(files(["a": "1", "b": "2"]), group: nil, name: "..one"))
            #expect(FileTree.linkTarget(path + "/..data") == "..one")
            #expect(FileTree.linkTarget(path + "/a") == "..data/a")
            #expect(try !directory.write(files(["a": "1", "b": "2"]), group: nil, name: "..two"))
            #expect(try directory.write(files(["a": "9", "c": "3"]), group: nil, name: "..two"))
            #expect(try String(contentsOfFile: path + "/a", encoding: .utf8) == "9")
            let left = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(left == ["..data", "..two", "a", "c"])
        }
    }

    @Test("Paths that lead out of a volume are refused", arguments: ["../x", "/x", "a/../../x", "..x", ""])
    func paths(_ path: String) throws {
        let pod = try BoundPod(["metadata": ["name": "p"], "spec": [:]])
        let item = VolumeDefinition.DownwardItem(path: path, mode: nil, field: "metadata.name", resource: nil)
        #expect(throws: StatusProblem.self) {
            try VolumeFiles(
                [.downward([item])], mode: 0o644, pod: pod, objects: ReferencedObjects(),
                fields: DownwardFields(pod: pod, podAddresses: [], hostAddresses: [], allocatable: [:]), tokens: [:])
        }
    }

    @Test("A subPath stays below its volume, also where a link would lead out")
    func subPaths() throws {
        try inDirectory { path in
            try FileTree.makeDirectory(path + "/volume")
            try FileTree.makeDirectory(path + "/secret")
            #expect(try PodDirectory.subPath("a/b", of: path + "/volume").hasSuffix("/volume/a/b"))
            try FileTree.link(path + "/volume/out", to: "../secret")
            #expect(throws: StatusProblem.self) { try PodDirectory.subPath("out", of: path + "/volume") }
            try FileTree.link(path + "/volume/in", to: "a")
            #expect(try PodDirectory.subPath("in/b", of: path + "/volume").hasSuffix("/volume/a/b"))
        }
    }

    private func read(_ path: String, _ change: (inout LogOptions) -> Void) throws -> String {
        var options = LogOptions()
        change(&options)
        var reader = try LogReader(path, options)
        var text: [UInt8] = []
        while let piece = try reader.next() { text += piece }
        return String(decoding: text, as: UTF8.self)
    }

    @Test("Of a log come the lines, the stream, the time and the bytes that are asked for")
    func logs() throws {
        try inDirectory { path in
            try FileTree.makeDirectory(path)
            let log = path + "/0.log"
            let text = """
                2026-01-01T00:00:01.000000001Z stdout F one
                2026-01-01T00:00:02Z stderr F two
                2026-01-01T00:00:03Z stdout P thr
                2026-01-01T00:00:03Z stdout F ee

                """
            try FileTree.write(log, Array(text.utf8))
            #expect(try read(log) { _ in } == "one\ntwo\nthree\n")
            #expect(try read(log) { $0.tail = 1 } == "ee\n")
            #expect(try read(log) { $0.tail = 0 }.isEmpty)
            #expect(try read(log) { $0.tail = 99 } == "one\ntwo\nthree\n")
            #expect(try read(log) { $0.stream = "Stderr" } == "two\n")
            #expect(try read(log) { $0.limit = 5 } == "one\nt")
            #expect(try read(log) { $0.since = Timestamp("2026-01-01T00:00:02Z") } == "two\nthree\n")
            #expect(try read(log) { $0.hasTimestamps = true }.hasPrefix("2026-01-01T00:00:01.000000001Z one\n"))
            let many = (0..<20_000).map { "2026-01-01T00:00:01Z stdout F \($0)\n" }.joined()
            try FileTree.write(log, Array(many.utf8))
            #expect(try read(log) { $0.tail = 3 } == "19997\n19998\n19999\n")
            #expect(try read(log) { _ in }.split(separator: "\n").count == 20_000)
        }
    }

    @Test("A static pod has the node's name behind its own and an identity of its content")
    func staticPods() throws {
        let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - {name: c, image: i}\n"
        let pod = try StaticPod.read(Array(text.utf8), node: "here")
        #expect(pod.metadata.name == "web-here" && pod.metadata.namespace == "default")
        #expect(pod.spec.nodeName == "here" && pod.metadata.uid.count == 32)
        let other = try StaticPod.read(Array(text.replacing("image: i", with: "image: j").utf8), node: "here")
        #expect(other.metadata.uid != pod.metadata.uid)
        let mirror = StaticPod.mirror(pod, nil)
        #expect(mirror["metadata"]?["annotations"]?[StaticPod.mirror]?.stringValue == pod.metadata.uid)
        #expect(mirror["metadata"]?["uid"] == nil)
        for bad in ["", "a: [", "apiVersion: v1\nkind: Service\n", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"] {
            #expect(throws: (any Error).self) { try StaticPod.read(Array(bad.utf8), node: "here") }
        }
    }

    @Test("Who uses more than it asked for goes first, then who matters less")
    func eviction() {
        let rules = EvictionRules()
        func one(_ uid: String, _ usage: UInt64, _ request: UInt64, priority: Int64 = 0, isStatic: Bool = false)
            -> EvictionRules.Candidate
        {
            .init(uid: uid, name: uid, priority: priority, usage: usage, request: request, isStatic: isStatic)
        }
        #expect(rules.victim([one("a", 5, 9), one("b", 3, 1)])?.uid == "b")
        #expect(rules.victim([one("a", 5, 1, priority: 9), one("b", 3, 1)])?.uid == "b")
        #expect(rules.victim([one("a", 5, 1), one("b", 9, 1)])?.uid == "b")
        #expect(rules.victim([one("a", 5, 1, isStatic: true)]) == nil)
        #expect(rules.victim([one("a", .max, 0), one("b", 0, .max)])?.uid == "a")
        var room = EvictionRules.Room()
        #expect(rules.signals(room).isEmpty)
        room.availableMemory = 50 << 20
        room.freeStorage = 0.05
        #expect(rules.signals(room) == [.memory, .ephemeralStorage])
    }
}
