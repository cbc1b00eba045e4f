import FoundationEssentials
import Glibc
import LinuxSystem
import Synchronization

/// How far revisions have gone, in a file beside the database: a database that has lost its latest changes must not give
/// their revisions out again, and somebody should hear of it.
///
/// It holds two numbers. `reserved` is on the disk before any revision up to it is given out, in steps, so that it costs
/// nothing. `acknowledged` is handed to the kernel after each commit: exact as long as the machine was not reset.
final class RevisionMark: Sendable {
    struct Content: Hashable, Sendable {
        var acknowledged: Revision = 0
        var reserved: Revision = 0
        /// Which start of the machine wrote it.
        var boot = ""

        /// One line of a fixed length, with a checksum.
        var bytes: [UInt8] {
            func padded(_ number: Revision) -> String {
                let digits = String(number)
                return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
            }
            let id = boot.prefix(36)
            let text =
                "\(padded(acknowledged)) \(padded(reserved)) \(id)"
                + String(repeating: " ", count: 36 - id.count)
            let sum = String(UInt64(bitPattern: ValueChecksum.of("revision", Array(text.utf8))), radix: 16)
            return Array("\(text) \(String(repeating: "0", count: max(0, 16 - sum.count)))\(sum)\n".utf8)
        }

        init(acknowledged: Revision = 0, reserved: Revision = 0, boot: String = "") {
            (self.acknowledged, self.reserved, self.boot) = (acknowledged, reserved, boot)
        }

        /// Nil for bytes that are not whole.
        init?(_ bytes: [UInt8]) {
            let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count == 3 || words.count == 4, let acknowledged = Revision(words[0]),
                let reserved = Revision(words[1]), acknowledged >= 0, reserved >= acknowledged
            else { return nil }
            self.init(acknowledged: acknowledged, reserved: reserved, boot: words.count == 4 ? words[2] : "")
            guard self.bytes == bytes else { return nil }
        }
    }

    /// What a start finds out from the mark and the database.
    struct Verdict: Hashable, Sendable {
        /// Where revisions go on after.
        var revision: Revision
        /// What is wrong, for people; nil: nothing.
        var problem: String?
    }

    /// Revisions reserved at a time.
    static let step: Revision = 10_000

    private let file: Int32
    private let path: String
    private let content: Mutex<Content>

    /// - Parameters:
    ///   - found: what the file holds; nil: there is none, or it is not whole.
    ///   - revision: the database's last one.
    ///   - boot: which start of the machine this is.
    static func judge(_ found: Content?, revision: Revision, boot: String) -> Verdict {
        guard let found else { return Verdict(revision: revision) }
        guard found.acknowledged <= revision else {
            return Verdict(
                revision: max(found.reserved, found.acknowledged),
                problem: "the database ends at revision \(revision), but changes up to revision "
                    + "\(found.acknowledged) were acknowledged: \(found.acknowledged - revision) changes are lost. The "
                    + "file, or the -wal file beside it, was damaged, removed or replaced by an older one. Their "
                    + "revisions are not given out again")
        }
        // After a reset of the machine nobody knows how far it went.
        let isExact = found.boot == boot && !boot.isEmpty
        return Verdict(revision: isExact ? revision : max(revision, found.reserved))
    }

    /// Opens the file, which is made if it is missing, and compares it with the database.
    static func open(
        _ path: String, revision: Revision
    ) throws(StoreFiles.Failure) -> (mark: RevisionMark, verdict: Verdict) {
        let file = try StoreFiles.open(path)
        fchmod(file, 0o600)
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = max(0, pread(file, &bytes, bytes.count, 0))
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        let id = boot.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        let found = Content(Array(bytes.prefix(count)))
        var verdict = judge(found, revision: revision, boot: id)
        if found == nil, count > 0 {
            verdict.problem = "\(path) is damaged: whether the database has lost changes is not known"
            // As good a guess as any: it is written at least each step.
            verdict.revision += step
        }
        let content = Content(acknowledged: verdict.revision, reserved: verdict.revision, boot: id)
        return (RevisionMark(file: file, path: path, content), verdict)
    }

    private init(file: Int32, path: String, _ content: Content) {
        self.file = file
        self.path = path
        self.content = Mutex(content)
    }

    deinit { close(file) }

    /// Has the disk know that revisions up to this one may be given out.
    /// - Throws: ``StoreFiles/Failure`` if it does not: then they may not.
    func reserve(through revision: Revision) throws(StoreFiles.Failure) {
        let problem = content.withLock { content -> StoreFiles.Failure? in
            guard revision > content.reserved else { return nil }
            var next = content
            next.reserved = revision + Self.step
            do throws(SystemError) {
                try write(next)
                try SystemCall.run("sync") { fdatasync(file) }
            } catch {
                return StoreFiles.Failure(path, "cannot be written", error)
            }
            content = next
            return nil
        }
        if let problem { throw problem }
    }

    /// Notes what is committed.
    func acknowledge(_ revision: Revision) {
        content.withLock { content in
            content.acknowledged = max(content.acknowledged, revision)
            // The next reservation tells what is wrong with the disk.
            try? write(content)
        }
    }

    private func write(_ content: Content) throws(SystemError) {
        let bytes = content.bytes
        let count = try SystemCall.run("write") { pwrite(file, bytes, bytes.count, 0) }
        if count != bytes.count { throw SystemError("write", code: ENOSPC) }
    }
}
