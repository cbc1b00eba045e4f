/// A file of tokens and their users, as kube-apiserver's `--token-auth-file` has it: lines of comma-separated values
/// `token,user,uid,"group1,group2"`, the groups being optional.
package struct TokenFile: Sendable {
    package struct Problem: Error, CustomStringConvertible { package var description: String }

    /// By token.
    private(set) var users: [String: UserInfo] = [:]

    init(parsing bytes: [UInt8]) throws(Problem) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem(description: "is not UTF-8") }
        for record in try Self.records(text) {
            guard record.fields.count >= 3 else {
                throw Problem(
                    description: "line \(record.line): must have at least 3 columns (token, user name, user uid), "
                        + "found \(record.fields.count)")
            }
            let token = record.fields[0]
            guard !token.isEmpty else { throw Problem(description: "line \(record.line): the token is empty") }
            guard !record.fields[1].isEmpty else {
                throw Problem(description: "line \(record.line): the user name is empty")
            }
            guard users[token] == nil else {
                throw Problem(description: "line \(record.line): the token of an earlier line again")
            }
            let groups = record.fields.count > 3 ? record.fields[3].split(separator: ",").map(String.init) : []
            users[token] = UserInfo(name: record.fields[1], uid: record.fields[2], groups: groups)
        }
    }

    private struct Record {
        var line: Int
        var fields: [String]
    }

    /// RFC 4180, with blank lines left out.
    private static func records(_ text: String) throws(Problem) -> [Record] {
        var records: [Record] = []
        var fields: [String] = []
        var field = ""
        var (line, start) = (1, 1)
        var isQuoted = false
        var wasQuoted = false
        var characters = text.makeIterator()
        var next = characters.next()
        while let character = next {
            next = characters.next()
            switch character {
            case "\"" where isQuoted && next == "\"":
                field.append("\"")
                next = characters.next()
            case "\"" where isQuoted:
                isQuoted = false
            case "\"" where field.isEmpty && !wasQuoted:
                (isQuoted, wasQuoted) = (true, true)
            case "\"":
                throw Problem(description: "line \(line): a quote stands within a field that does not begin with one")
            case "," where !isQuoted:
                fields.append(field)
                (field, wasQuoted) = ("", false)
            case _ where character.isNewline && !isQuoted:
                if !(fields.isEmpty && field.isEmpty && !wasQuoted) {
                    records.append(Record(line: start, fields: fields + [field]))
                }
                (fields, field, wasQuoted) = ([], "", false)
                line += 1
                start = line
            case _ where wasQuoted && !isQuoted:
                throw Problem(description: "line \(line): a comma must follow the closing quote")
            default:
                if character.isNewline { line += 1 }
                field.append(character)
            }
        }
        if isQuoted { throw Problem(description: "line \(start): the closing quote is missing") }
        if !(fields.isEmpty && field.isEmpty && !wasQuoted) {
            records.append(Record(line: start, fields: fields + [field]))
        }
        return records
    }
}
