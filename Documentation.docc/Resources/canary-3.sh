kubectl annotate --overwrite service hello viaduct.io/weights=192.0.2.12=0
kubectl annotate service hello viaduct.io/weights-
