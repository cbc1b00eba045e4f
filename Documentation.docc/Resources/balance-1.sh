systemctl start viaduct-up
