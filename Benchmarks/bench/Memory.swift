// Memory - the most memory that feature extraction and tuning hold at the same time.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import Foundation
import LMPTTuning
import LMPTTensors

enum MemoryWork {
  /// The hidden topic under which the program measures itself in a process of its own.
  static let child = "memory-of-tuning"

  /// What the process does before its peak is taken.
  enum Scope: String, CaseIterable {
    /// Tuning on features that are cached.
    case tuning
    /// A block of features first, in the same process.
    case features = "features and tuning"
    /// Image features of the largest published model, from its half-precision file.
    case halfImages = "image features from half precision"
    /// The features of texts in the same process.
    case halfBoth = "image and text features from half precision"

    /// What the work is done with.
    var setting: String {
      switch self {
      case .tuning, .features: "VOC-LT, ViT-B/16"
      case .halfImages, .halfBoth: "ViT-L/14@336px"
      }
    }
  }

  /// The work in a process of its own, so that nothing else counts.
  static func measure(_ scope: Scope, threads: Int) throws -> Measurement {
    // Writing the file takes more memory than reading it.
    if [.halfImages, .halfBoth].contains(scope) { _ = try RandomModel.vitL14Half() }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = [child, "--threads", "\(threads)", "--filter", scope.rawValue]
    process.standardOutput = output
    let seconds = try timeThrowing {
      try process.run()
      process.waitUntilExit()
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard process.terminationStatus == 0, let peak = Double(text.trimmed) else {
      throw PeerError(message: "the program could not measure its own memory")
    }
    return Measurement(
      work: "memory of \(scope.rawValue), \(scope.setting)", threads: threads,
      seconds: seconds, best: seconds, amount: .peakBytes(peak))
  }

  /// Features of a few images as the cache computes them, and of texts if asked for.
  private static func runHalf(_ scope: Scope) throws {
    let path = try RandomModel.vitL14Half()
    let pixels = EncoderWork.random([8, 3, 336, 336])
    if scope == .halfImages {
      _ = try ImageEncoder.load(path: path).encoder(pixels)
    } else {
      let model = try CLIPModel.load(path: path)
      _ = model.encode(pixels: pixels)
      _ = model.encode(tokens: (0..<64).map { [49406, 320 + Int32($0), 1929, 49407] })
    }
    print(peakMemory())
  }

  /// A block of features as the cache computes them, if asked for, then an epoch's beginning with
  /// all captions; prints the peak of resident memory in bytes.
  static func run(_ scope: Scope) throws {
    if [.halfImages, .halfBoth].contains(scope) { return try runHalf(scope) }
    let tower = try CLIPModel.load(path: try RandomModel.vitB16()).visual
    if scope == .features { _ = tower(EncoderWork.random([128, 3, 224, 224])) }
    let session = try TuningSession(.classSpecific, images: 1142)
    for step in 0..<4 { _ = try session.step(Array(step * 64..<(step + 1) * 64)) }
    print(peakMemory())
  }

  private static func timeThrowing(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    return (clock.now - start).seconds
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
