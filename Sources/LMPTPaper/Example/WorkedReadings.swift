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
    /// The loss, and how fast it changes with each logit.
    func balanced(_ reading: Reading) throws -> (loss: [Double], slopes: [Double]) {
      let z = paper.logits.tracked()
      let loss = try distributionBalancedLoss(
        z, labels: labels, counts: n, images: Double(classes.images),
        constants: paper.options.balanced, reading: reading)
      return (values(loss.detached), values(gradient(of: loss, in: z)))
    }
    let (ours, theirs) = (try balanced(.paper), try balanced(Reading.paper.with(focal: .batch)))
    let softMargin = try classMargin(n, scale: paper.options.margin, counts: .softmax)
    let softWeight = try classWeight(n, gamma: paper.options.weightGamma, counts: .softmax)
    let pushed = try embeddingLoss(
      paper.distance, labels: labels, margin: paper.margin, weight: paper.weight,
      reading: .released)
    let doubled = try balanced(Reading.paper.with(factor: 2)).loss[0]
    let lambda = Double(paper.options.lambda)
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
        deviation: 10, what: "E7 and its gradient in each logit, with the focal term of the batch",
        paper: ours.loss + ours.slopes, released: theirs.loss + theirs.slopes,
        labels: ["E7"] + cells,
        command: "lmpt equation E7 \(input) \(total) --set focal-term=batch"),
      WorkedReading(
        deviation: 11, what: "E7, bias over lambda", paper: [Double(paper.cls)],
        released: try balanced(Reading.paper.with(bias: .kappaOverLambda)).loss, labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set bias-scale=kappa-over-lambda"),
      WorkedReading(
        deviation: 10, what: "E7 as a whole, with deviations 11 and 19", paper: [Double(paper.cls)],
        released: try balanced(.released).loss, labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set variant=released"),
      WorkedReading(
        deviation: 19, what: "E7 with the factor alone", paper: [Double(paper.cls)],
        released: [doubled], labels: nil,
        command: "lmpt equation E7 \(input) \(total) --set factor=2"),
      WorkedReading(
        deviation: 19, what: "E8 with the factor alone",
        paper: [lambda * Double(paper.cls), captions, Double(paper.total)],
        released: [lambda * doubled, captions, lambda * doubled + captions],
        labels: ["from E7", "from E6", "L"],
        command: "lmpt equation E8 --input \(Self.doubledFile)"),
    ]
  }
}
