// CaptionDistanceTests - E3: distances of captions to class prompts, in all three alignments.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite struct CaptionDistanceTests {
  @Test("where the prompt has more instance tokens than the caption has words")
  func shortCaption() throws {
    // [SOT, a, b] against v_1 v_2 v_3: a meets v_1, b meets v_2, nothing meets v_3.
    let caption = Tensor([9, 9, 1, 0, 0, 1], shape: [1, 3, 2])
    let instance = Tensor([1, 0, 1, 0, 7, 7], shape: [1, 3, 2])
    let d = try captionDistance(tokens: caption, lengths: [3], instance: instance)
    #expect(d.values == [0.5])  // distances 0 and 1
    // A caption of two tokens has its end alone to compare.
    #expect(try captionDistance(tokens: caption, lengths: [2], instance: instance).values == [0])
  }

  @Test(
    "float64 PyTorch, values and gradients",
    arguments: ["sentence-distance", "instance-distance", "caption-distance"])
  func fixture(name: String) throws { try expectStoredCases(name) }

  @Test("central differences of a scalar transcription")
  func gradients() throws {
    let e = ThreeImages.normal([ThreeImages.batch, 5, 3], seed: 3)
    let words = e.values.map(Double.init)
    func at(_ values: [Double], _ row: Int, _ t: Int, _ length: Int) -> ArraySlice<Double> {
      values[((row * length + t) * 3)..<((row * length + t) * 3 + 3)]
    }
    try expectGradient(
      "E3-tokens-all", at: ThreeImages.normal([ThreeImages.classes, 5, 3], seed: 4)
    ) { p in
      sum(try captionDistance(tokens: e, prompts: p, offset: 2) * ThreeImages.y)
    } equals: { p in
      var total = 0.0
      for cell in 0..<ThreeImages.labels.count where ThreeImages.labels[cell] == 1 {
        for t in 0..<3 {
          total += (1 - cosine(at(words, cell / 4, t, 5), at(p, cell % 4, t + 2, 5))) / 3
        }
      }
      return total
    }
    let lengths = [2, 5, 3]
    try expectGradient("E3-tokens", at: ThreeImages.normal([ThreeImages.classes, 3, 3], seed: 5)) {
      v in
      sum(try captionDistance(tokens: e, lengths: lengths, instance: v) * ThreeImages.y)
    } equals: { v in
      var total = 0.0
      for cell in 0..<ThreeImages.labels.count where ThreeImages.labels[cell] == 1 {
        let met = min(3, lengths[cell / 4] - 1)
        for j in 0..<met {
          total += (1 - cosine(at(words, cell / 4, j + 1, 5), at(v, cell % 4, j, 3))) / Double(met)
        }
      }
      return total
    }
    let sentences = ThreeImages.normal([ThreeImages.batch, 3], seed: 6)
    let s = sentences.values.map(Double.init)
    try expectGradient("E3", at: ThreeImages.normal([ThreeImages.classes, 3], seed: 7)) { p in
      sum(try captionDistance(sentences: sentences, prompts: p) * ThreeImages.y)
    } equals: { p in
      var total = 0.0
      for cell in 0..<ThreeImages.labels.count where ThreeImages.labels[cell] == 1 {
        total += 1 - cosine(at(s, cell / 4, 0, 1), at(p, cell % 4, 0, 1))
      }
      return total
    }
  }

  @Test("shapes that do not fit are errors, not traps")
  func shapes() {
    let (pair, token) = (Tensor.ones([2, 4]), Tensor.ones([2, 3, 4]))
    let calls: [(String, () throws -> Tensor)] = [
      ("width", { try captionDistance(sentences: pair, prompts: .ones([5, 3])) }),
      ("rank", { try captionDistance(sentences: token, prompts: token) }),
      ("prompts' rank", { try captionDistance(sentences: pair, prompts: token) }),
      ("length", { try captionDistance(tokens: token, prompts: .ones([5, 4, 4]), offset: 1) }),
      (
        "instance width",
        { try captionDistance(tokens: token, lengths: [3, 3], instance: .ones([5, 2, 3])) }
      ),
      (
        "lengths",
        { try captionDistance(tokens: token, lengths: [3], instance: .ones([5, 2, 4])) }
      ),
      (
        "nothing left",
        {
          try captionDistance(
            tokens: .ones([2, 1, 4]), lengths: [2, 2], instance: .ones([5, 2, 4]))
        }
      ),
    ]
    for (name, call) in calls {
      #expect(throws: ShapeError.self, "\(name)") { try call() }
    }
  }

  @Test("a split beyond the tokens and a length without words are errors")
  func bounds() {
    let token = Tensor.ones([2, 3, 4])
    for split in [-1, 3] {
      #expect(throws: MethodError.self, "\(split)") {
        try captionDistance(tokens: token, prompts: .ones([5, 3, 4]), offset: split)
      }
    }
    #expect(throws: Never.self) {
      try captionDistance(tokens: token, lengths: [2, 3], instance: .ones([5, 2, 4]))
    }
    #expect(throws: MethodError.self) {
      try captionDistance(tokens: token, lengths: [1, 3], instance: .ones([5, 2, 4]))
    }
  }
}
