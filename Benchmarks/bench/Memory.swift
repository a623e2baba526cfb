// Memory - the most memory that feature extraction and tuning hold at the same time.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import CLIP
import Foundation
import PromptTuning
import Tensors

enum MemoryWork {
  /// The hidden topic under which the program measures itself in a process of its own.
  static let child = "memory-of-tuning"

  /// What the process does before its peak is taken.
  enum Scope: String, CaseIterable {
    /// Tuning on features that are cached.
    case tuning
    /// A block of features first, in the same process.
    case features = "features and tuning"
  }

  /// VOC-LT on ViT-B/16 in a process of its own, so that nothing else counts.
  static func measure(_ scope: Scope, threads: Int) throws -> Measurement {
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
      work: "memory of \(scope.rawValue), VOC-LT, ViT-B/16", threads: threads,
      seconds: seconds, best: seconds, amount: .peakBytes(peak))
  }

  /// A block of features as the cache computes them, if asked for, then an epoch's beginning with
  /// all captions; prints the peak of resident memory in bytes.
  static func run(_ scope: Scope) throws {
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
