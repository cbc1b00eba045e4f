import JSONStream
import KubeAPI

extension CachedObject {
    /// Which object this is, and whether it is on its way out.
    package struct Identity: Hashable, Sendable {
        package var uid = ""
        /// Seconds since 1970.
        package var deletionTimestamp: Int64?
    }

    package var identity: Identity? {
        try? JSONReader.read(bytes) { reader in
            var identity = Identity()
            try reader.object { key, reader in
                guard case "metadata" = key else { return try reader.skip() }
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "uid": identity.uid = try reader.string()
                    case "deletionTimestamp":
                        let text = try reader.stringIfPresent() ?? ""
                        identity.deletionTimestamp = Timestamp(text).map { $0.microseconds / 1_000_000 }
                    default: try reader.skip()
                    }
                }
            }
            return identity
        }
    }
}
