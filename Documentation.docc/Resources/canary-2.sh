for i in $(seq 100); do curl -s http://10.96.0.88/; done | sort | uniq -c
