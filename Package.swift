// swift-tools-version:6.2
import Foundation
import PackageDescription

// Hot rooms are optimised in debug builds too, so that `swift test` and `swift run bench` measure
// and exercise the same code that a release build runs. Whole-module, because nothing is inlined or
// specialised across files otherwise; with threads, because SwiftPM expects one object per file.
let whole = ["-O", "-wmo", "-num-threads", "2"]
let optimised: [SwiftSetting] = [.unsafeFlags(whole)]

// The other rooms only call the hot ones. Nothing that the bench measures is faster when they are
// optimised, and most of a release build's time went into it.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

// The same kernel source is compiled once per instruction set; the choice is made at run time.
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

func room(
  _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = optimised
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["Support"])
}

var targets: [Target] = [
  room("KernelsBaseline", []),
  .target(name: "KernelsAVX2", swiftSettings: avx2),
  .target(name: "KernelsAVX512", swiftSettings: avx512),
  room("Tensors", ["KernelsBaseline", "KernelsAVX2", "KernelsAVX512"]),
  room("Bytes", []),
  room("Imaging", ["Bytes"]),
  room("Weights", ["Bytes"]),
  room("CLIP", ["Tensors", "Weights", "Imaging", "Bytes"]),
  room("EvaluationMetrics", ["Tensors"]),
  room(
    "PromptTuning", ["EvaluationMetrics", "CLIP", "Tensors", "Weights", "Imaging", "Bytes"], plain),
  room("SelfTest", ["PromptTuning", "CLIP", "Tensors", "Weights", "Imaging", "Bytes"], plain),
  room("Reports", ["EvaluationMetrics", "Bytes"], plain),
  .executableTarget(
    name: "lmpt",
    dependencies: [
      "SelfTest", "PromptTuning", "EvaluationMetrics", "Reports", "CLIP", "Tensors", "Weights",
      "Imaging", "Bytes",
    ], swiftSettings: plain),
  .executableTarget(
    name: "bench",
    dependencies: ["PromptTuning", "Reports", "CLIP", "Tensors", "Weights", "Imaging", "Bytes"],
    path: "Benchmarks/bench", swiftSettings: optimised),

  .target(name: "Shapes", dependencies: ["Bytes"], path: "Tests/Shapes"),
  // Optimised, because comparing large arrays is most of what some tests do.
  .target(
    name: "Support", dependencies: ["Tensors", "Weights", "Bytes"], path: "Tests/Support",
    swiftSettings: optimised),
  // How the cost of reading grows; `.ci/cost` runs it.
  .executableTarget(
    name: "cost",
    dependencies: ["Shapes", "PromptTuning", "CLIP", "Imaging", "Weights", "Bytes"],
    path: "Tests/Cost"),
  tests("TensorsTests", ["Tensors", "KernelsBaseline", "KernelsAVX2", "KernelsAVX512"]),
  tests("BytesTests", ["Bytes", "Shapes"]),
  tests("ImagingTests", ["Imaging", "Bytes", "Shapes"]),
  tests("WeightsTests", ["Weights", "Bytes", "Shapes"]),
  tests("CLIPTests", ["CLIP"]),
  tests("EvaluationMetricsTests", ["EvaluationMetrics"]),
  tests(
    "PromptTuningTests", ["SelfTest", "PromptTuning", "EvaluationMetrics", "CLIP", "Imaging"]),
  tests("SelfTestTests", ["SelfTest"]),
  tests("ReportsTests", ["Reports", "Imaging"]),
  tests(
    "CommandTests",
    [
      "lmpt", "SelfTest", "PromptTuning", "EvaluationMetrics", "Imaging", "Reports", "Tensors",
      "Shapes",
    ]),
]

// Fuzz targets have no `main` and need `--sanitize=fuzzer`, so an ordinary build leaves them out.
if ProcessInfo.processInfo.environment["LMPT_FUZZ"] != nil {
  targets.append(.target(name: "FuzzWork", path: "Tests/FuzzTargets/Work"))
  for (parser, room) in [
    ("PNG", "Imaging"), ("JPEG", "Imaging"), ("Resize", "Imaging"), ("Inflate", "Bytes"),
    ("JSON", "Bytes"), ("Zip", "Weights"), ("Pickle", "Weights"), ("Safetensors", "Weights"),
    ("NPY", "Weights"), ("Tokenizer", "CLIP"), ("ListFile", "PromptTuning"),
    ("Annotations", "PromptTuning"),
  ] {
    targets.append(
      .executableTarget(
        name: "Fuzz\(parser)",
        dependencies: ["FuzzWork", "Bytes"] + (room == "Bytes" ? [] : [.target(name: room)]),
        path: "Tests/FuzzTargets/\(parser)"))
  }
}

// The thread pool and the caches at work for long; `.ci/threads` builds it with the sanitizer.
if ProcessInfo.processInfo.environment["LMPT_STRESS"] != nil {
  targets.append(
    .executableTarget(
      name: "Stress", dependencies: ["PromptTuning", "CLIP", "Tensors", "Bytes"],
      path: "Tests/Stress"))
}

let package = Package(
  name: "lmpt",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Bytes", targets: ["Bytes"]),
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Weights", targets: ["Weights"]),
    .library(name: "CLIP", targets: ["CLIP"]),
    .library(name: "EvaluationMetrics", targets: ["EvaluationMetrics"]),
    .library(name: "PromptTuning", targets: ["PromptTuning"]),
    .executable(name: "lmpt", targets: ["lmpt"]),
    .executable(name: "bench", targets: ["bench"]),
  ],
  targets: targets
)
