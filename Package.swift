// swift-tools-version:6.2
import Foundation
import PackageDescription

// Hot modules are optimised in debug builds too, so that `swift test` and `swift run bench` measure
// and exercise the same code that a release build runs. Whole-module, because nothing is inlined or
// specialised across files otherwise; with threads, because SwiftPM expects one object per file.
//
// The thread sanitizer wraps every call, which LLVM's own functions do not bear: its build leaves
// prefetching and resting out.
let isStress = ProcessInfo.processInfo.environment["LMPT_STRESS"] != nil
let whole = ["-O", "-wmo", "-num-threads", "2"] + (isStress ? ["-D", "SANITIZED"] : [])
let optimised: [SwiftSetting] = [.unsafeFlags(whole)]

// The other modules only call the hot ones. Nothing that the bench measures is faster when they are
// optimised, and most of a release build's time went into it.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

// The same kernel source is compiled once per kernel set; the choice is made at run time.
// Only these targets may carry instruction-set flags (docs/Architecture.md, "Kernels").
#if arch(x86_64)
  let avx2: [SwiftSetting] = [
    .define("KERNEL_AVX2"), .unsafeFlags(whole + ["-Xcc", "-mavx2", "-Xcc", "-mfma"]),
  ]
  let avx512: [SwiftSetting] = [
    .define("KERNEL_AVX512"), .unsafeFlags(whole + ["-Xcc", "-march=x86-64-v4"]),
  ]
#else
  let avx2: [SwiftSetting] = optimised
  let avx512: [SwiftSetting] = optimised
#endif

func module(
  _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = optimised
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["LMPTSupport"])
}

var targets: [Target] = [
  module("LMPTNumbers", []),
  module("LMPTKernelsBaseline", []),
  module("LMPTKernelsFast", [], optimised + [.define("KERNEL_FAST")]),
  .target(name: "LMPTKernelsAVX2", swiftSettings: avx2),
  .target(name: "LMPTKernelsAVX512", swiftSettings: avx512),
  module(
    "LMPTTensors",
    [
      "LMPTKernelsBaseline", "LMPTKernelsFast", "LMPTKernelsAVX2", "LMPTKernelsAVX512",
      "LMPTNumbers",
    ]),
  module("LMPTBytes", []),
  module("LMPTImaging", ["LMPTBytes", "LMPTNumbers"]),
  module("LMPTWeights", ["LMPTBytes"]),
  module("LMPTCLIP", ["LMPTTensors", "LMPTWeights", "LMPTImaging", "LMPTBytes"]),
  module("LMPTMetrics", ["LMPTTensors", "LMPTNumbers"]),
  module(
    "LMPTTuning",
    [
      "LMPTMetrics", "LMPTCLIP", "LMPTTensors", "LMPTWeights", "LMPTImaging", "LMPTBytes",
      "LMPTNumbers",
    ], plain),
  module(
    "LMPTSelfTest",
    [
      "LMPTTuning", "LMPTMetrics", "LMPTCLIP", "LMPTTensors", "LMPTWeights", "LMPTImaging",
      "LMPTBytes",
    ], plain),
  module("LMPTReports", ["LMPTMetrics", "LMPTBytes", "LMPTNumbers"], plain),
  module(
    "LMPTPaper",
    [
      "LMPTReports", "LMPTSelfTest", "LMPTTuning", "LMPTMetrics", "LMPTCLIP", "LMPTTensors",
      "LMPTWeights", "LMPTImaging", "LMPTBytes",
    ], plain),
  .executableTarget(
    name: "lmpt",
    dependencies: [
      "LMPTPaper", "LMPTSelfTest", "LMPTTuning", "LMPTMetrics", "LMPTReports", "LMPTCLIP",
      "LMPTTensors", "LMPTWeights", "LMPTImaging", "LMPTBytes",
    ], swiftSettings: plain),
  .executableTarget(
    name: "LMPTBench",
    dependencies: [
      "LMPTTuning", "LMPTReports", "LMPTCLIP", "LMPTTensors", "LMPTWeights", "LMPTImaging",
      "LMPTBytes",
    ],
    path: "Benchmarks/bench", swiftSettings: optimised),

  .target(name: "LMPTShapes", dependencies: ["LMPTBytes"], path: "Tests/Shapes"),
  // Optimised, because comparing large arrays is most of what some tests do.
  .target(
    name: "LMPTSupport", dependencies: ["LMPTTensors", "LMPTWeights", "LMPTBytes"],
    path: "Tests/Support",
    swiftSettings: optimised),
  // How the cost of reading grows; `.ci/cost` runs it.
  .executableTarget(
    name: "LMPTCost",
    dependencies: [
      "LMPTShapes", "LMPTTuning", "LMPTCLIP", "LMPTImaging", "LMPTWeights", "LMPTBytes",
    ],
    path: "Tests/Cost"),
  tests(
    "TensorsTests",
    [
      "LMPTTensors", "LMPTKernelsBaseline", "LMPTKernelsFast", "LMPTKernelsAVX2",
      "LMPTKernelsAVX512",
    ]),
  tests("NumbersTests", ["LMPTNumbers"]),
  tests("BytesTests", ["LMPTBytes", "LMPTShapes"]),
  tests("ImagingTests", ["LMPTImaging", "LMPTBytes", "LMPTShapes"]),
  tests("WeightsTests", ["LMPTWeights", "LMPTBytes", "LMPTShapes"]),
  tests("CLIPTests", ["LMPTCLIP"]),
  tests("MetricsTests", ["LMPTMetrics"]),
  tests(
    "TuningTests", ["LMPTSelfTest", "LMPTTuning", "LMPTMetrics", "LMPTCLIP", "LMPTImaging"]),
  tests("SelfTestTests", ["LMPTSelfTest"]),
  tests("ReportsTests", ["LMPTReports", "LMPTImaging"]),
  tests("PaperTests", ["LMPTPaper", "LMPTTuning", "LMPTBytes"]),
  tests(
    "CommandTests",
    [
      "lmpt", "LMPTSelfTest", "LMPTTuning", "LMPTMetrics", "LMPTImaging", "LMPTReports",
      "LMPTTensors",
      "LMPTShapes",
    ]),
]

// Fuzz targets have no `main` and need `--sanitize=fuzzer`, so an ordinary build leaves them out.
if ProcessInfo.processInfo.environment["LMPT_FUZZ"] != nil {
  targets.append(.target(name: "FuzzWork", path: "Tests/FuzzTargets/Work"))
  for (parser, name) in [
    ("PNG", "LMPTImaging"), ("JPEG", "LMPTImaging"), ("Resize", "LMPTImaging"),
    ("Inflate", "LMPTBytes"),
    ("JSON", "LMPTBytes"), ("Zip", "LMPTWeights"), ("Pickle", "LMPTWeights"),
    ("Safetensors", "LMPTWeights"),
    ("NPY", "LMPTWeights"), ("Tokenizer", "LMPTCLIP"), ("ListFile", "LMPTTuning"),
    ("Annotations", "LMPTTuning"),
  ] {
    targets.append(
      .executableTarget(
        name: "Fuzz\(parser)",
        dependencies: ["FuzzWork", "LMPTBytes"]
          + (name == "LMPTBytes" ? [] : [.target(name: name)]),
        path: "Tests/FuzzTargets/\(parser)"))
  }
}

// The thread pool and the caches at work for long; `.ci/threads` builds it with the sanitizer.
if isStress {
  targets.append(
    .executableTarget(
      name: "Stress", dependencies: ["LMPTTuning", "LMPTCLIP", "LMPTTensors", "LMPTBytes"],
      path: "Tests/Stress"))
}

let package = Package(
  name: "lmpt",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "LMPTBytes", targets: ["LMPTBytes"]),
    .library(name: "LMPTTensors", targets: ["LMPTTensors"]),
    .library(name: "LMPTImaging", targets: ["LMPTImaging"]),
    .library(name: "LMPTWeights", targets: ["LMPTWeights"]),
    .library(name: "LMPTCLIP", targets: ["LMPTCLIP"]),
    .library(name: "LMPTMetrics", targets: ["LMPTMetrics"]),
    .library(name: "LMPTTuning", targets: ["LMPTTuning"]),
    .executable(name: "lmpt", targets: ["lmpt"]),
    .executable(name: "bench", targets: ["LMPTBench"]),
  ],
  targets: targets
)
