/// Keys that openssl made for these tests, and that nothing else uses.
enum TestKeys {
    static let rsa = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCmqZQKWBQtly9s
        hh/Pn93MEKGtnErt3exK4BIXkAMInGgn2WbtjlxOwUbawl7mP1L/lHxKfqbonm5c
        gj470jj68WQoQCyKXdU92ISc3YGqGgaUOgruPoboHqlYj68+TP24cdsPaRR351A5
        Wa4CFLArt3xg8Tkpobbgx5tCuxQsAY1OHW+SRXP4xprF7y0xmPJih2W102eCFESs
        wdqfjHXrnz01nbEw8kRs4KgLHs5TVV7SsFHgBmK1P+KzGeIF7n6XMyaRYzqodBZ9
        Ry9Thn5xiDg1jOSVdC5nNp8ZUSdDw1YEDe7vtcjoczp5ca4kleD7SIru3f5Wlc19
        W6WVRsl7AgMBAAECggEAEVUaIp1DCUlrfYN8CXFcdV2BbaG5yn/FlDU2DHdF/tOX
        +BT29wZSzpSb1CJaEONNtBYdeviC+TbeJAbI3Bsido6Q1lLI5GGad1fDgDYqcaX1
        QIhsx0F/cY0cGta5PecZ4osMt3nmeWB4CmQrjDyEjyICRb6wgtuLk62OlbkJAa5t
        7+7hc5sRzUDRlJJS2JZJ7XpW4F4NapT9kBEDGJkoSXOACsoPBsMO1775Fg//Rpun
        fHdhltY8xw+Y2bVOgEqDTcsUe09YEWQIkyp0y+UkUd/qNUbr/wPUstFk6uH/8UyO
        w9/9LDJvAJQpiGlm8yS6UCOccrhUCJBl1J7TxN3IqQKBgQDawRiuPeYMr0tf0Xsi
        yKhcpKQ3e202U9zNTLqXiKt2gGnDx5PHGnIdv8e0NBfoFitmXOvIs+1/IARNgYLu
        mj4pBKTJKrSUdArZ5iGeaVVD9dEQ9ISDgtk2Lu/CX+1Sk0yqEUOLTI1MPOS3mzr5
        GJhi3/HbRpHfJ2/jgJYvCXl2rQKBgQDDCfBu2ntSFz1ZbUbNVwF+LM5fCvNNdv5h
        o1CzBZdu+ci7CYXiMcQwIuG1D/2YwP3SJM4C8qLZyyFrQI7RQXUt3Aj9WB2Dgj7F
        ALQCbz8a8b8wLHg/y+KoisgBVdUoUBbqO4eOAtokChPsB0hFnzCB988og8WaD6sw
        YAgX5H/NxwKBgQCTm4RJ3p6ipI4Zw8JxADELAlWE0pYo+IGfTk0B/0ijl5bGcp72
        1JN4G3Zn1FblVkBGvCCltzNkengszF1LH20eRHHlBBoBqiPAUJcSy0SrrO07oaLh
        EqP6+cTyxcPf2mD6yNdo4WjerqAufGJYvw3kefQ63+2CRJwtSREOADijqQKBgQC8
        /12o3jjQdMqzZMxOYTiGHz8gJIlekKeyz8J8qDd1h8F3VaQSa+1URAj6HvO82Y9c
        2uNzQdKDQG8y8k0zA75cYTOo5IE9FbJjzumgzlKVdpuxP/aKw7TxZAKqIJW9Sdba
        xjL2b1cZw1ZIy0nChZ9I4m0xMngCcZqO9xAAryEVswKBgAik0X11bRNV8uw60EsV
        ucM1QB6I/SAsWKgizqs85lW/5x0G8K8SX16fMh5qBS8j4L/hdZ//zADgChwi3DD2
        cN3g8gQsUtvKR7yfeYGDalna60Xwd/f6x8p7RKX2Ac4ukaN/KPAiX5rJTX+tUjtz
        44pU8wfvth1YFr2Z0ioZG9gF
        -----END PRIVATE KEY-----
        """

    static let publicOfRSA = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApqmUClgULZcvbIYfz5/d
        zBChrZxK7d3sSuASF5ADCJxoJ9lm7Y5cTsFG2sJe5j9S/5R8Sn6m6J5uXII+O9I4
        +vFkKEAsil3VPdiEnN2BqhoGlDoK7j6G6B6pWI+vPkz9uHHbD2kUd+dQOVmuAhSw
        K7d8YPE5KaG24MebQrsULAGNTh1vkkVz+Maaxe8tMZjyYodltdNnghRErMHan4x1
        6589NZ2xMPJEbOCoCx7OU1Ve0rBR4AZitT/isxniBe5+lzMmkWM6qHQWfUcvU4Z+
        cYg4NYzklXQuZzafGVEnQ8NWBA3u77XI6HM6eXGuJJXg+0iK7t3+VpXNfVullUbJ
        ewIDAQAB
        -----END PUBLIC KEY-----
        """

    /// SEC 1.
    static let p384 = """
        -----BEGIN EC PRIVATE KEY-----
        MIGkAgEBBDBilgpcJWgIJF36spwiGk9xU94pau856u/FU4YZZvnW8rkbeVLzMwVr
        2Az6BhMDs4igBwYFK4EEACKhZANiAASRxisBnEtxKo1cKc/HFUrkwKiYCXi5qQ9F
        SoCQaluTqrTBIo9QK4eQzVSXRmsSI8PaXdbl7aJEhAF+sUGwto2xrouEt6JYFYBX
        C8r1082qcIK5Bvl5X2h2OQUnLZtwc6Y=
        -----END EC PRIVATE KEY-----
        """
}
