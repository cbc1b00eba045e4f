export KUBECONFIG=/var/lib/viaduct/admin.kubeconfig
for n in 1 2; do
    ip address add 192.0.2.1$n/32 dev lo
    mkdir -p /tmp/hello/$n
    echo "hello from $n" > /tmp/hello/$n/index.html
    python3 -m http.server 8080 --bind 192.0.2.1$n --directory /tmp/hello/$n &
done
kubectl apply -f /usr/share/doc/viaduct/examples/hello.yaml
