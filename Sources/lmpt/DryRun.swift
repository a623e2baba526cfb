// DryRun - `--dry-run`: steps, time and memory to expect, and nothing written.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

extension Option {
  /// Says what a command would cost.
  static let dryRun = Option.flag(
    "dry-run", "say what to expect: steps, time and memory; write nothing")
}

extension RunEstimate {
  /// The estimate of one run.
  func output(_ dataset: LongTailDataset) -> Output {
    Output(json: json, text: text(dataset))
  }

  private var json: JSON {
    .object([
      ("dry_run", .bool(true)), ("views_to_encode", .integer(views)),
      ("trained_images", .integer(trained)),
      ("steps_per_epoch", .integer(stepsPerEpoch)), ("epochs", .integer(epochs)),
      ("steps", .integer(steps)), ("seconds_encoding", .number(encoding)),
      ("seconds_captions", .number(captions)), ("seconds_training", .number(training)),
      ("seconds", .number(seconds)),
      ("memory_bytes", .integer(memory)),
    ])
  }

  private func text(_ dataset: LongTailDataset) -> String {
    let of = 2 * dataset.train.count + dataset.test.count
    var lines = [
      "data set   \(dataset.spec.name): \(dataset.train.count) training and "
        + "\(dataset.test.count) test pictures",
      "features   \(views) of \(of) views to encode, \(duration(encoding))",
    ]
    if epochs > 0 {
      lines.append(
        "steps      \(epochs) epochs of \(stepsPerEpoch) steps on \(trained) pictures, "
          + "\(duration(captions + training))")
    }
    lines += [
      "time       \(duration(seconds))",
      "memory     \(fixed(Double(memory) / Double(1 << 30), 2)) GiB",
      "Measured on this machine with \(views > 0 ? "eight blank pictures" : "no picture")"
        + "\(epochs > 0 ? " and a few steps" : ""); nothing was written.",
    ]
    return lines.map { $0 + "\n" }.joined()
  }
}
