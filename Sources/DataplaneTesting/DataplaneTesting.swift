// DataplaneTesting
