import NetworkAddress
import Testing

struct SystemErrorTextTests {
    @Test(arguments: [
        (
            Int32(98), "bind(descriptor:ptr:bytes:): Address already in use (errno: 98)",
            "another program has this address and port"
        ),
        (13, "", "not permitted for this user"),
        (95, "setsockopt: Operation not supported (errno: 95)", "operation not supported"),
        (95, "bind(descriptor:ptr:bytes:): Operation not supported (errno: 95)", "operation not supported"),
        (4711, "", "system error 4711"),
    ])
    func sentences(code: Int32, description: String, expected: String) {
        #expect(SystemErrorText.sentence(code: code, description: description) == expected)
    }
}
