import APIServer
import ArgumentParser
import EtcdStore
import Foundation
import ObjectStore

/// `viaduct store`: works on an API server's store from outside the server.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Back up, restore, check and migrate an API server's store.",
        discussion: """
            A server that has its store alone keeps it in viaduct.db of its data directory; servers with --etcd-servers \
            keep it in etcd, whose own tools copy it (etcdctl snapshot).
            """,
        subcommands: [Snapshot.self, Restore.self, Check.self, Migrate.self])

    /// Where the database of a server is.
    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("Directory of the server's database.", valueName: "directory"))
        var dataDir = "/var/lib/viaduct"

        var file: StoreFile { StoreFile(path: dataDir + "/viaduct.db") }

        /// The directory, for this process alone: no server may run there.
        func claim() throws -> DataDirectory {
            do {
                return try DataDirectory(path: dataDir)
            } catch {
                throw ValidationError("--data-dir \(error)")
            }
        }
    }

    static func text(_ summary: StoreFile.Summary) -> String {
        "\(summary.objects) objects, up to revision \(summary.revision)"
    }
}

/// Runs a command's work and reports an error as one line.
private func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as ValidationError {
        try CommandFailure.fail(error.message)
    } catch let error as ExitCode {
        throw error
    } catch {
        try CommandFailure.fail("\(error)")
    }
}

extension StoreCommand {
    struct Snapshot: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy the database to a file, also while the server runs.",
            discussion: "The file is of one moment, and has its name when it is whole and on the disk.")

        @Argument(help: ArgumentHelp("The file to write; it may not be there.", valueName: "file")) var target: String
        @OptionGroup var place: Place

        func run() async throws {
            try await reporting {
                let summary = try place.file.snapshot(to: target)
                print("\(target): \(StoreCommand.text(summary))")
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a copy into the data directory of a server that does not run.",
            discussion: """
                The copy is checked before. Revisions go on far behind those that were given out, and watches from before \
                are told to list anew: no client takes the past for the present. A database that is there is kept only \
                with --replace, under another name.
                """)

        @Argument(help: ArgumentHelp("A file that `viaduct store snapshot` wrote.", valueName: "file")) var copy: String
        @OptionGroup var place: Place
        @Flag(help: "Replace an existing database, which is kept as viaduct.db.replaced-TIME.")
        var replace = false

        func run() async throws {
            try await reporting {
                let source = StoreFile(path: copy)
                let problems = try source.problems()
                guard problems.isEmpty else {
                    throw ValidationError("\(copy) is not restored: \(problems.joined(separator: "; "))")
                }
                let claim = try place.claim()
                let file = place.file
                let revision = file.exists ? max(try file.summary().revision, file.reservedRevision()) : 0
                if file.exists {
                    guard replace else {
                        throw ValidationError(
                            "\(file.path) exists: use --replace, or another --data-dir"
                        )
                    }
                    try moveAside(file)
                }
                let summary = try withExtendedLifetime(claim) { try file.restore(from: source, after: revision) }
                print("\(file.path): \(StoreCommand.text(summary))")
            }
        }

        /// The database and the files beside it.
        private func moveAside(_ file: StoreFile) throws {
            let time = Int(Date().timeIntervalSince1970)
            for suffix in ["", "-wal", "-shm", "-revision"]
            where FileManager.default.fileExists(atPath: file.path + suffix) {
                let kept = "\(file.path).replaced-\(time)\(suffix)"
                try FileManager.default.moveItem(atPath: file.path + suffix, toPath: kept)
            }
            print("\(file.path).replaced-\(time): what was there")
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for damage: in a copy, in a data directory or in etcd, also while servers run.",
            discussion: """
                Checks the file's pages, the revisions in it and each value's checksum; that each object can be read; and \
                that no address and no node port is given out twice. In etcd, the last two. Changes nothing.

                Exit status: 0 nothing is wrong; 1 something is, one line each.
                """)

        @Argument(help: ArgumentHelp("A copy; without it, the data directory's database.", valueName: "file"))
        var copy: String?
        @OptionGroup var place: Place
        @OptionGroup(title: "etcd") var etcd: EtcdOptions

        func run() async throws {
            try await reporting {
                var problems: [String] = []
                let count: Int
                if let store = try etcd.store() {
                    let page = try await StoreCommand.running(store) { try await $0.everything() }
                    problems = StoredContents.problems(page.objects)
                    count = page.objects.count
                } else {
                    let file = copy.map { StoreFile(path: $0) } ?? place.file
                    problems = try file.problems()
                    count = try file.summary().objects
                    if problems.isEmpty { problems = StoredContents.problems(try file.contents().objects) }
                }
                for problem in problems { print(problem) }
                print("\(count) objects, \(problems.count) problems")
                if !problems.isEmpty { throw ExitCode(1) }
            }
        }
    }
}

extension StoreCommand {
    /// Runs a store for as long as the body takes.
    static func running<Value: Sendable>(
        _ store: EtcdStore, _ body: @Sendable (EtcdStore) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            defer { group.cancelAll() }
            return try await body(store)
        }
    }

    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move all objects from a data directory to etcd, or back.",
            discussion: """
                No server may run over either, and the target must be empty. The source is not changed. Objects keep the \
                order of their revisions. In etcd they come behind all revisions that the data directory had, so that no \
                client takes the past for the present; for that, etcd's revision is first raised by as many writes to one \
                key, which takes about a minute for 500,000. On the way back objects keep their revisions.
                """)

        enum Target: String, ExpressibleByArgument, CaseIterable { case etcd, sqlite }

        @Option(help: ArgumentHelp("Where to: etcd, or sqlite (the data directory).", valueName: "store"))
        var to: Target
        @OptionGroup var place: Place
        @OptionGroup(title: "etcd") var etcd: EtcdOptions

        @Option(
            name: .customLong("event-ttl"),
            help: ArgumentHelp("How long Events live in etcd from now on.", valueName: "duration"))
        var eventLifetime = "1h"

        func run() async throws {
            try await reporting {
                let events = try DurationText.parse(eventLifetime, flag: "--event-ttl")
                guard let store = try etcd.store() else { throw ValidationError("--etcd-servers is missing") }
                let claim = try place.claim()
                let file = place.file
                let count = try await StoreCommand.running(store) { store in
                    switch to {
                    case .etcd:
                        let contents = try file.contents()
                        return try await StoreMigration(store: store, events: events) { print($0) }.fill(
                            contents.objects, after: max(contents.revision, file.reservedRevision()))
                    case .sqlite:
                        guard !file.exists else { throw ValidationError("\(file.path) is there; it is not replaced") }
                        let page = try await store.everything()
                        guard !page.objects.contains(where: StoredContents.isServer) else {
                            throw ValidationError("an API server runs over etcd, or did some seconds ago; end it")
                        }
                        let objects = page.objects.filter { !StoredContents.isOfSharing($0) }
                        return try file.make(from: objects, revision: page.revision).objects
                    }
                }
                withExtendedLifetime(claim) {}
                print("\(count) objects moved to \(to.rawValue)")
            }
        }
    }
}

extension ObjectStore {
    /// All that is stored, at one revision.
    func everything() async throws(StoreError) -> StoredPage {
        try await list(prefix: StoredContents.root + "/", after: nil, limit: nil)
    }
}
