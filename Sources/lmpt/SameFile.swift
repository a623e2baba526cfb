// SameFile - an output that is one of the inputs, under whatever name.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// Refuses an output that is one of the inputs: the input would be lost, and a second call of the same
/// command line would read the first one's result.
func requireOtherFile(
  _ output: String, than inputs: [String], named option: String = "--output"
) throws {
  for input in inputs where isSameFile(output, input) {
    throw UsageError.conflict("the output \(output) is the input \(input); give another \(option)")
  }
}

/// Whether two paths lead to one file, through links too; equal names of files that are not there yet
/// count as well.
private func isSameFile(_ a: String, _ b: String) -> Bool {
  var (first, second) = (stat(), stat())
  guard a.withPath({ stat($0, &first) }) == 0, b.withPath({ stat($0, &second) }) == 0 else {
    return a == b
  }
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino
}
