/// Written by hand from the numbers of apimachinery's pkg/apis/meta/v1/generated.proto, in their order.
extension ProtobufGoldens {
    /// Status 404 of services "none".
    static let notFound = Hex.bytes(
        """
        6b3873000a0c0a027631120653746174757312450a0012074661696c7572651a19736572766963657320226e6f6e6522206e
        6f7420666f756e6422084e6f74466f756e642a100a046e6f6e651a0873657276696365733094031a002200
        """)

    /// APIGroup "g" with version v1.
    static let group = Hex.bytes(
        """
        6b3873000a0e0a027631120841504947726f7570121b0a0167120a0a04672f7631120276311a0a0a04672f7631120276311a
        002200
        """)

    /// APIResourceList of one resource with every field.
    static let resources = Hex.bytes(
        """
        6b3873000a150a027631120f4150495265736f757263654c69737412320a04672f7631122a0a016e10011a014b220b0a0367
        65740a046c6973742a01613201733a03616c6c4201684a0276325201781a002200
        """)
}
