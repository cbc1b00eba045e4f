/// Decides what a message is answered with.
struct DNSResponder: Sendable {
    let names: SharedNames
    let forwarder: DNSForwarder

    private static let internet: UInt16 = 1
    /// Bytes of a message over TCP.
    static let largestMessage = 65535

    /// Nil: there is nothing to say.
    func answer(_ message: [UInt8], isStream: Bool) async -> [UInt8]? {
        let question: DNSQuestion
        do throws(DNSQuestion.Refusal) {
            question = try DNSQuestion(message)
        } catch {
            switch error {
            case .notAQuestion: return nil
            case .malformed(let id): return DNSAnswer.refusal(id: id, .formatError)
            case .notImplemented(let id): return DNSAnswer.refusal(id: id, .notImplemented)
            }
        }
        let limit = isStream ? Self.largestMessage : question.answerSize
        if question.recordClass == Self.internet, let answer = names.answer(question) {
            return answer.message(for: question, limit: limit)
        }
        if let answer = await forwarder.ask(message, isStream: isStream) { return answer }
        var failure = DNSAnswer(code: forwarder.hasUpstreams ? .failure : .refused)
        failure.isAuthoritative = false
        return failure.message(for: question, limit: limit)
    }
}
