// RunShapes - what a run folder holds besides JSON and safetensors: logs of its epochs.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning

@Sendable private func log(_ input: [UInt8]) {
  _ = input.withUnsafeBytes { try? EpochLog.parse($0) }
}

@Sendable private func events(_ input: [UInt8]) { _ = EventFile.validLength(input) }

private let epoch = #"{"epoch":1,"loss":1,"cls":1,"cse":1,"lr":1,"test_map":1,"seconds":1}"# + "\n"

let runShapes: [Shape] = [
  Shape("run", "epochs of a log", 2_500, read: log) { times($0, epoch) },
  Shape("run", "empty lines of a log", 200_000, read: log) { times($0, "\n") },
  Shape("run", "records of an event file", 10_000, read: events) {
    times($0, EventFile.scalars([("a", 1)], step: 1, wallTime: 1))
  },
  Shape("run", "one record of an event file", 200_000, read: events) {
    EventFile.scalars([(String(repeating: "a", count: $0), 1)], step: 1, wallTime: 1)
  },
]
