// swift-tools-version:6.2
// Three small programs on the libraries. Put this folder beside a checkout that is called `lmpt`.
import PackageDescription

let products = ["LMPTBytes", "LMPTTensors", "LMPTImaging", "LMPTCLIP", "LMPTTuning"]
let libraries: [Target.Dependency] = products.map { .product(name: $0, package: "lmpt") }

let package = Package(
  name: "examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "../lmpt")],
  targets: [
    .executableTarget(name: "search", dependencies: libraries),
    .executableTarget(name: "classify", dependencies: libraries),
    .executableTarget(name: "tune", dependencies: libraries),
  ]
)
