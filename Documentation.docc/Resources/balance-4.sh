viaduct explain node service/hello
viaduct services hello
