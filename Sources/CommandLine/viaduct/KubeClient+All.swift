import KubeAPI
import KubeClient

extension KubeClient {
    /// All objects of a kind that a selector chooses, in pages.
    ///
    /// - Throws: what the API server answers.
    func all<Object: APIObject>(_ type: Object.Type, _ selector: ObjectSelector = .all) async throws -> [Object] {
        var objects: [Object] = []
        var token = ""
        repeat {
            let page = try await list(type, selector, limit: 500, continueToken: token)
            objects += page.items
            token = page.continueToken
        } while !token.isEmpty
        return objects
    }
}
