import APISecurity
import ArgumentParser

/// Files that flags name.
enum InputFile {
    static func read(_ path: String, flag: String) throws -> [UInt8] {
        do {
            return try ServerFile.read(path)
        } catch {
            throw ValidationError("\(flag) \(path): cannot be read: \(error)")
        }
    }

    static func readText(_ path: String, flag: String) throws -> String {
        String(decoding: try read(path, flag: flag), as: UTF8.self)
    }
}
