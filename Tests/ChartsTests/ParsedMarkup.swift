import Foundation
import FoundationXML
import Testing

/// What an XML parser makes of a document: proof that it is well-formed, and its elements to look at.
final class ParsedMarkup: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        var text = ""
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// Fails the test if `markup` is not well-formed.
    init(_ markup: String, sourceLocation: SourceLocation = #_sourceLocation) {
        super.init()
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        let reason = parser.parserError.map { "\($0)" } ?? "no reason given"
        #expect(
            isWellFormed, "line \(parser.lineNumber), column \(parser.columnNumber): \(reason)",
            sourceLocation: sourceLocation)
    }

    func all(_ name: String, class cssClass: String? = nil) -> [Element] {
        elements.filter { element in
            let classes = (element.attributes["class"] ?? "").split(separator: " ").map(String.init)
            return element.name == name && (cssClass.map(classes.contains) ?? true)
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?, attributes attributeDict: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: elementName, attributes: attributeDict))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        for index in open { elements[index].text += string }
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName qName: String?
    ) {
        open.removeLast()
    }
}

extension ParsedMarkup.Element {
    func number(_ attribute: String) -> Double? {
        attributes[attribute].flatMap(Double.init)
    }

    var words: String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
