// RunShapes - what a run folder holds besides JSON and safetensors: logs of its epochs.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

@Sendable private func log(_ input: [UInt8]) {
  _ = input.withUnsafeBytes { try? EpochLog.parse($0) }
}

private let epoch = #"{"epoch":1,"loss":1,"cls":1,"cse":1,"lr":1,"test_map":1,"seconds":1}"# + "\n"

let runShapes: [Shape] = [
  Shape("run", "epochs of a log", 2_500, read: log) { times($0, epoch) },
  Shape("run", "empty lines of a log", 200_000, read: log) { times($0, "\n") },
]
