// DatasetFingerprintTests - what the identity of a data set follows.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct DatasetFingerprintTests {
  @Test("the fingerprint follows names, paths, labels, captions, their order and their list")
  func fingerprint() {
    let (one, two): ((String, [Int]), (String, [Int])) = (("1", [0]), ("2", [1, 2]))
    let texts = ["x", "y"]
    let start = SmallDataset.of([one, two], [("3", [0])], captions: texts)
    var found = [start.fingerprint]
    #expect(start.fingerprint.count == 64)
    func add(_ what: String, _ set: LongTailDataset) {
      #expect(!found.contains(set.fingerprint), "\(what)")
      found.append(set.fingerprint)
    }
    add("a path", SmallDataset.of([("9", [0]), two], [("3", [0])], captions: texts))
    add("a label", SmallDataset.of([("1", [1]), two], [("3", [0])], captions: texts))
    add(
      "the order of labels", SmallDataset.of([one, ("2", [2, 1])], [("3", [0])], captions: texts))
    add("the order of images", SmallDataset.of([two, one], [("3", [0])], captions: ["y", "x"]))
    add("captions exchanged", SmallDataset.of([one, two], [("3", [0])], captions: ["y", "x"]))
    add("a caption", SmallDataset.of([one, two], [("3", [0])], captions: ["x", "z"]))
    add("no captions", SmallDataset.of([one, two], [("3", [0])]))
    add("a test path", SmallDataset.of([one, two], [("4", [0])], captions: texts))
    add("a test label", SmallDataset.of([one, two], [("3", [1])], captions: texts))
    add("no test image", SmallDataset.of([one, two], [], captions: texts))
    add(
      "a name", SmallDataset.of([one, two], [("3", [0])], captions: texts, names: ["a", "b", "d"]))
    add(
      "a name more",
      SmallDataset.of([one, two], [("3", [0])], captions: texts, names: ["a", "bc", "d"]))
    add(
      "names cut elsewhere",
      SmallDataset.of([one, two], [("3", [0])], captions: texts, names: ["ab", "c", "d"]))
    // Where the data lies is not what it is.
    let moved = SmallDataset.of([one, two], [("3", [0])], captions: texts, root: "/elsewhere")
    #expect(moved.fingerprint == start.fingerprint)
  }
}
