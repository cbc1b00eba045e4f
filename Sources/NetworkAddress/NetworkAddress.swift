// NetworkAddress
