for i in 1 2 3 4 5 6; do curl -s http://10.96.0.88/; done
