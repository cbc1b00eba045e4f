import KubeAPI
import KubeClient
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Controllers

/// The garbage collector with watches that tell late, over objects that come, change and go at random.
@Suite struct GarbageCollectionTests {
    private final class Queue: Sendable {
        let waiting = Mutex<Set<String>>([])
    }

    private final class World {
        let server = MemoryServer()
        let monitored = MonitoredGraph()
        let collection: GarbageCollection
        let queue = Queue()
        var generator: SeededGenerator
        private var created = 0

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            collection = GarbageCollection(
                server: server, monitored: monitored,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let queue = queue
            monitored.onWork { uid in queue.waiting.withLock { _ = $0.insert(uid) } }
        }

        func randomName() -> MemoryServer.Name {
            let kind = MemoryServer.kinds.randomElement(using: &generator) ?? MemoryServer.kinds[0]
            let namespace = kind.isNamespaced ? ["n", "m"].randomElement(using: &generator) ?? "n" : ""
            let number = Int.random(in: 0..<8, using: &generator)
            return MemoryServer.Name(resource: kind, key: ObjectKey(namespace: namespace, name: "o\(number)"))
        }

        /// To something that exists, mostly, and mostly where it is.
        func randomReference(from name: MemoryServer.Name) -> OwnerReference? {
            let all = server.objects.sorted { ($0.value.uid) < ($1.value.uid) }
            guard let (owner, metadata) = all.randomElement(using: &generator) else { return nil }
            // Nobody can say what these mean, and nothing is done about them.
            guard name.resource.isNamespaced || !owner.resource.isNamespaced else { return nil }
            var reference = OwnerReference()
            reference.apiVersion = owner.resource.apiVersion
            reference.kind = owner.resource.kind
            reference.name = generator.oneIn(12) ? "another" : metadata.name
            reference.uid = generator.oneIn(12) ? "never" : metadata.uid
            reference.blocksOwnerDeletion = Bool.random(using: &generator)
            return reference
        }

        func randomReferences(from name: MemoryServer.Name) -> [OwnerReference] {
            var references: [OwnerReference] = []
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                if let reference = randomReference(from: name), !references.contains(where: { $0.uid == reference.uid })
                {
                    references.append(reference)
                }
            }
            return references
        }

        func act() {
            let name = randomName()
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                created += 1
                server.create(name, uid: "u\(created)", owners: randomReferences(from: name))
            case 6:
                let references = randomReferences(from: name)
                server.edit(name) { $0.ownerReferences = references }
            default:
                let policies: [DeleteOptions.PropagationPolicy] = [.background, .foreground, .orphan]
                server.delete(name, policies.randomElement(using: &generator) ?? .background)
            }
        }

        func deliver() -> Bool {
            guard let (event, kind) = server.nextEvent(&generator) else { return false }
            monitored.take(event, kind)
            return true
        }

        func work() async throws -> Bool {
            let waiting = queue.waiting.withLock { $0.sorted() }
            guard let uid = waiting.randomElement(using: &generator) else { return false }
            queue.waiting.withLock { _ = $0.remove(uid) }
            do {
                // What it asks to look at again later is told by a watch in the meantime.
                _ = try await collection.look(at: uid)
            } catch let error as APIError where error.isConflict {
                queue.waiting.withLock { _ = $0.insert(uid) }
            }
            return true
        }

        /// Returns whether all came to rest within a number of steps.
        func settle() async throws -> Bool {
            for _ in 0..<20_000 {
                let isBusy = generator.oneIn(2) ? deliver() : try await work()
                if !isBusy {
                    let isWorking = try await work()
                    let isTold = deliver()
                    if !isWorking, !isTold { return true }
                }
            }
            return false
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func randomWalk(_ seed: UInt64) async throws {
        let world = World(seed: seed)
        world.monitored.begin()
        for _ in 0..<400 {
            switch Int.random(in: 0..<4, using: &world.generator) {
            case 0: world.act()
            case 1, 2: _ = world.deliver()
            default: _ = try await world.work()
            }
        }
        #expect(try await world.settle())
        #expect(world.server.garbage == [])
        #expect(world.server.wronglyDeleted == [])
        try expectSettled(world)
    }

    /// All that is left of the past, as the collector finds it when it starts.
    @Test(arguments: 100..<130 as Range<UInt64>) func startsLate(_ seed: UInt64) async throws {
        let world = World(seed: seed)
        for _ in 0..<80 { world.act() }
        while world.deliver() {}
        #expect(world.queue.waiting.withLock { $0.isEmpty })
        world.monitored.begin()
        #expect(try await world.settle())
        #expect(world.server.garbage == [])
        #expect(world.server.wronglyDeleted == [])
        try expectSettled(world)
    }

    /// The graph is the one that the objects give, and no deletion is left half done.
    private func expectSettled(_ world: World) throws {
        var graph = OwnerGraph()
        let objects = world.server.objects
        for (name, metadata) in objects { _ = graph.upsert(metadata, name.resource) }
        #expect(graph.count == objects.count)
        for metadata in objects.values {
            #expect(world.monitored[metadata.uid] == graph[metadata.uid])
            #expect(world.monitored.dependents(of: metadata.uid) == graph.dependents(of: metadata.uid))
            // Those that wait for each other, or for what waits for them, are the only ones that may stay.
            if metadata.isBeingDeleted { #expect(!graph.blockingDependents(of: metadata.uid).isEmpty) }
        }
    }

    // MARK: Scenes

    private static let node = MemoryServer.Name(
        resource: MemoryServer.kinds[2], key: ObjectKey(namespace: "", name: "node"))

    private static func map(_ name: String, _ namespace: String = "n") -> MemoryServer.Name {
        MemoryServer.Name(resource: MemoryServer.kinds[0], key: ObjectKey(namespace: namespace, name: name))
    }

    private static func reference(to name: MemoryServer.Name, blocks: Bool = true) -> OwnerReference {
        var reference = OwnerReference()
        reference.apiVersion = name.resource.apiVersion
        reference.kind = name.resource.kind
        reference.name = name.key.name
        reference.uid = "\(name.resource.kind)/\(name.key)"
        reference.blocksOwnerDeletion = blocks
        return reference
    }

    private static func world(_ objects: [(MemoryServer.Name, [MemoryServer.Name])]) async throws -> World {
        let world = World(seed: 1)
        for (name, owners) in objects {
            world.server.create(
                name, uid: "\(name.resource.kind)/\(name.key)", owners: owners.map { reference(to: $0) })
        }
        world.monitored.begin()
        #expect(try await world.settle())
        return world
    }

    @Test(arguments: [DeleteOptions.PropagationPolicy.background, .foreground])
    func everythingBelowGoes(_ policy: DeleteOptions.PropagationPolicy) async throws {
        let (a, b, c) = (Self.map("a"), Self.map("b"), Self.map("c"))
        let world = try await Self.world([(a, []), (b, [a]), (c, [b]), (Self.node, [])])
        world.server.delete(a, policy)
        #expect(try await world.settle())
        #expect(Set(world.server.objects.keys) == [Self.node])
    }

    @Test func foregroundGoesFromBelow() async throws {
        let (a, b) = (Self.map("a"), Self.map("b"))
        let world = try await Self.world([(a, []), (b, [a])])
        world.server.edit(b) { $0.finalizers = ["hold"] }
        world.server.delete(a, .foreground)
        #expect(try await world.settle())
        #expect(world.server.objects[a]?.isBeingDeleted == true)
        #expect(world.server.objects[b]?.isBeingDeleted == true)
        world.server.edit(b) { $0.finalizers = [] }
        #expect(try await world.settle())
        #expect(world.server.objects.isEmpty)
    }

    @Test func orphansStay() async throws {
        let (a, b) = (Self.map("a"), Self.map("b"))
        let world = try await Self.world([(a, []), (b, [a])])
        world.server.delete(a, .orphan)
        #expect(try await world.settle())
        #expect(Set(world.server.objects.keys) == [b])
        #expect(world.server.objects[b]?.ownerReferences == [])
    }

    @Test func oneOwnerIsEnough() async throws {
        let (a, b, c) = (Self.map("a"), Self.map("b"), Self.map("c"))
        let world = try await Self.world([(a, []), (b, []), (c, [a, b])])
        world.server.delete(a, .foreground)
        #expect(try await world.settle())
        #expect(Set(world.server.objects.keys) == [b, c])
        #expect(world.server.objects[c]?.ownerReferences.map(\.name) == ["b"])
    }

    @Test func anOwnerElsewhereIsNone() async throws {
        let (a, b) = (Self.map("a", "n"), Self.map("b", "m"))
        let world = try await Self.world([(a, []), (b, [a]), (Self.node, []), (Self.map("c"), [Self.node])])
        #expect(Set(world.server.objects.keys) == [a, Self.node, Self.map("c")])
    }

    @Test func circlesCanBeDeletedInForeground() async throws {
        let (a, b) = (Self.map("a"), Self.map("b"))
        let world = try await Self.world([(a, []), (b, [a])])
        world.server.edit(a) { $0.ownerReferences = [Self.reference(to: b)] }
        #expect(try await world.settle())
        world.server.delete(a, .foreground)
        #expect(try await world.settle())
        #expect(world.server.objects.isEmpty)
    }

    @Test func anUnknownKindIsNoReasonToDelete() async throws {
        let a = Self.map("a")
        var reference = Self.reference(to: Self.map("x"))
        reference.kind = "Unheard"
        let world = World(seed: 1)
        world.server.create(a, uid: "a", owners: [reference])
        while world.deliver() {}
        world.monitored.begin()
        await #expect(throws: GarbageCollection.UnknownKind.self) { _ = try await world.work() }
        #expect(world.server.objects[a] != nil)
    }
}
