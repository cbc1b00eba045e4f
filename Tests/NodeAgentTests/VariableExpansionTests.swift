import Testing

@testable import NodeAgent

@Suite struct VariableExpansionTests {
    @Test(
        "References are replaced as kubelet does it",
        arguments: [
            ("$(A)", "1"), ("$$(A)", "$(A)"), ("x$(A)y$(B)", "x1y2"), ("$(NONE)", "$(NONE)"), ("$(A", "$(A"),
            ("$A", "$A"), ("$", "$"), ("$$", "$"), ("$$$(A)", "$1"), ("$()", "$()"), ("a$$b", "a$b"),
        ])
    func expansion(_ text: String, _ expected: String) {
        let values = ["A": "1", "B": "2"]
        #expect(VariableExpansion.expand(text) { values[$0] } == expected)
    }
}
