extension ProxySettings {
    /// Validates a configuration and converts it.
    ///
    /// - Parameter notices: notes for the user about an accepted configuration; one line each.
    /// - Throws: all problems, each with the field's path.
    public init(
        _ configuration: KubeProxyConfiguration, source: String, notices: inout [String]
    ) throws(ConfigurationError) {
        var validator = ConfigurationValidator(configuration: configuration)
        let settings = validator.validate()
        guard validator.problems.all.isEmpty else {
            throw ConfigurationError(source: source, problems: validator.problems.all)
        }
        notices += validator.notices
        self = settings
    }
}
