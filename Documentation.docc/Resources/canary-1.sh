kubectl apply -f /usr/share/doc/viaduct/examples/hello.yaml
kubectl annotate service hello viaduct.io/weights=192.0.2.11=9,192.0.2.12=1
