import StatusServing
import Testing

@Suite struct HTTPQuestionTests {
    @Test("A parameter is decoded; what is not encoded as it has to be is none") func values() {
        func value(_ query: String) -> String? { HTTPQuestion(uri: "/x?\(query)").value(of: "a") }
        #expect(value("a=app%3Dweb%2Ctier%21%3Dtest") == "app=web,tier!=test")
        #expect(value("b=1&a=x+y") == "x y")
        #expect(value("a=%C3%A4") == "ä")
        for wrong in ["a=%", "a=%4", "a=%zz", "a=%FF", "b=1"] { #expect(value(wrong) == nil, "\(wrong)") }
    }
}
