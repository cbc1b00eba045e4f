/// What kubectl 1.32 sends as bodies of POST, with what the bytes say.
enum RecordedBodies {
    /// kubectl create namespace x
    static let namespace = Hex.bytes(
        """
        6b387300                               // "k8s", 0
        0a0f                                   // Unknown.typeMeta
          0a02 7631                            //   apiVersion: v1
          1209 4e616d657370616365              //   kind: Namespace
        1219                                   // Unknown.raw
          0a11                                 //   metadata
            0a01 78                            //     name: x
            1200 1a00 2200 2a00 3200 3800      //     generateName ... generation: empty
            4200                               //     creationTimestamp: the zero time
          1200                                 //   spec
          1a02 0a00                            //   status, phase: empty
        1a00 2200                              // contentEncoding, contentType: empty
        """)

    /// kubectl create service nodeport np --tcp=443:https --node-port=30100
    static let nodePort = Hex.bytes(
        """
        6b387300 0a0d 0a02 7631 1207 53657276696365  // v1 Service
        126e                                   // Unknown.raw
          0a1d                                 //   metadata
            0a02 6e70                          //     name: np
            1200 1a00 2200 2a00 3200 3800 4200 //     generateName ... creationTimestamp: empty
            5a09 0a03 617070 1202 6e70         //     labels: app=np
          1249                                 //   spec
            0a24                               //     ports
              0a09 3434332d6874747073          //       name: 443-https
              1203 544350                      //       protocol: TCP
              18bb03                           //       port: 443
              220b 0801 1000 1a05 6874747073   //       targetPort: type 1, 0, "https"
              2894eb01                         //       nodePort: 30100
            1209 0a03 617070 1202 6e70         //     selector: app=np
            1a00                               //     clusterIP: empty
            2208 4e6f6465506f7274              //     type: NodePort
            3a00 4200 5200 5a00                //     sessionAffinity ... externalTrafficPolicy: empty
            6000 6800                          //     healthCheckNodePort: 0, publishNotReadyAddresses: false
          1a02 0a00                            //   status, loadBalancer
        1a00 2200                              // contentEncoding, contentType: empty
        """)

    /// kubectl create service clusterip web --tcp=80:8080
    static let clusterIP = Hex.bytes(
        """
        6b387300 0a0d 0a02 7631 1207 53657276696365  // v1 Service
        1269                                   // Unknown.raw
          0a1f 0a03 776562 1200 1a00 2200 2a00 3200 3800 4200 5a0a 0a03 617070 1203 776562
          1242                                 //   spec
            0a1b                               //     ports
              0a07 38302d38303830              //       name: 80-8080
              1203 544350                      //       protocol: TCP
              1850                             //       port: 80
              2207 0800 10903f 1a00            //       targetPort: type 0, 8080, ""
              2800                             //       nodePort: 0
            120a 0a03 617070 1203 776562       //     selector: app=web
            1a00 2209 436c757374657249 50      //     clusterIP: empty, type: ClusterIP
            3a00 4200 5200 5a00 6000 6800
          1a02 0a00 1a00 2200
        """)
}
