// NftablesDataplane
