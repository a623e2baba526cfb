// WorkedReadings - where the released code gives other numbers on the worked example.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors
import LMPTTuning

extension WorkedExample {
  /// The numbers that differ, by their deviation, in the order of docs/Deviations.md.
  package func readings() throws -> [WorkedReading] {
    let n = classes.countTensor
    let input = "--input \(Self.file)"
    let other = "--input \(Self.releasedFile)"
    let total = "--set total=\(classes.images)"
    let cells = pictures.flatMap { picture in Self.names.map { "\(picture), \($0)" } }
    func values(_ tensor: Tensor) -> [Double] { tensor.values.map(Double.init) }
    func balanced(_ reading: Reading) throws -> [Double] {
      let loss = try distributionBalancedLoss(
        paper.logits, labels: labels, counts: n, images: Double(classes.images),
        constants: paper.options.balanced, reading: reading)
      return values(loss)
    }
    let softMargin = try classMargin(n, scale: paper.options.margin, counts: .softmax)
    let softWeight = try classWeight(n, gamma: paper.options.weightGamma, counts: .softmax)
    let pushed = try embeddingLoss(
      paper.distance, labels: labels, margin: paper.margin, weight: paper.weight,
      reading: .released)
    let (lambda, doubled) = (Double(paper.options.lambda), 2 * Double(paper.cls))
    let captions = (1 - lambda) * Double(paper.cse)
    return [
      WorkedReading(
        deviation: 5, what: "E3, distances", paper: values(paper.distance),
        released: values(released.distance), labels: cells,
        command: "lmpt equation E3-tokens-all \(other) --set reduction=sum"),
      WorkedReading(
        deviation: 7, what: "E4, margins", paper: values(paper.margin),
        released: values(softMargin), labels: Self.names,
        command: "lmpt equation E4 \(input) --set counts=softmax"),
      WorkedReading(
        deviation: 7, what: "E5, weights", paper: values(paper.weight),
        released: values(softWeight), labels: Self.names,
        command: "lmpt equation E5 \(input) --set counts=softmax"),
      WorkedReading(
        deviation: 9, what: "E6 on the same distances", paper: [Double(paper.cse)],
        released: values(pushed), labels: nil,
        command: "lmpt equation E6 \(input) --set variant=released"),
      WorkedReading(
        deviation: 10, what: "E7, focal term of the batch", paper: [Double(paper.cls)],
        released: try balanced(Reading.paper.with(focal: .batch)), labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set focal-term=batch"),
      WorkedReading(
        deviation: 11, what: "E7, bias over lambda", paper: [Double(paper.cls)],
        released: try balanced(Reading.paper.with(bias: .kappaOverLambda)), labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set bias-scale=kappa-over-lambda"),
      WorkedReading(
        deviation: 10, what: "E7 as a whole, with deviations 11 and 19", paper: [Double(paper.cls)],
        released: try balanced(.released), labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set variant=released"),
      WorkedReading(
        deviation: 19, what: "E7 with the factor alone", paper: [Double(paper.cls)],
        released: [doubled], labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set factor=2"),
      WorkedReading(
        deviation: 19, what: "E8 with the factor alone",
        paper: [lambda * Double(paper.cls), captions, Double(paper.total)],
        released: [
          lambda * doubled, captions, lambda * doubled + captions,
        ],
        labels: ["from E7", "from E6", "L"],
        command: "lmpt equation E8 --input \(Self.doubledFile)"),
    ]
  }
}
