// MachineFigures - the ladder of products, average precision with ties, a picture at every stage.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTMetrics
import LMPTReports

extension PaperFigures {
  /// Where the ladder's stored measurement is.
  private static let ladderFile = "Benchmarks/Results/amd-epyc-avx2-ladder.json"

  /// One product by ever better means, as measured and stored.
  static func ladder(_ example: WorkedExample) throws -> PaperFigure {
    let json = try JSON.read("\(example.checkout)/\(ladderFile)")
    let rungs = (json["results"]?.array ?? []).compactMap { entry -> (String, Double)? in
      guard let work = entry["work"]?.string, let speed = entry["gflops"]?.double else {
        return nil
      }
      return (String(work.dropFirst("ladder ".count)), speed)
    }
    guard !rungs.isEmpty else { throw PaperError.excerpt(ladderFile, what: "holds no rung") }
    let machine = json["processor"]?.string ?? ""
    let title = "768 x 768 x 768 on \(machine), GFLOP/s"
    let largest = rungs.map(\.1).max() ?? 1
    var canvas = SVGCanvas(width: Plot.width, height: 32 + Double(rungs.count) * 38)
    canvas.text(title, x: 4, y: 14, "b")
    for (place, rung) in rungs.enumerated() {
      let y = 40 + Double(place) * 38
      let width = rung.1 / largest * 280
      canvas.text(rung.0, x: 4, y: y, "t")
      canvas.rect(x: 4, y: y + 5, width: width, height: 12, "f-s0")
      canvas.text(NumberText.fixed(rung.1, 1), x: 10 + width, y: y + 16, "m")
    }
    return PaperFigure(
      "ladder", [canvas.svg(title)],
      table: [["rung", "GFLOP/s"]] + rungs.map { [$0.0, NumberText.fixed($0.1, 2)] },
      commands: ["swift run bench ladder"])
  }

  /// Precision over recall of ten images, with scores that are all different and with ties.
  static func averagePrecision() -> PaperFigure {
    let positives = RankedExample.positives
    var table = [["scores", "recall", "precision", "average precision"]]
    let panels = RankedExample.columns.map { name, scores in
      let area = LMPTMetrics.averagePrecision(scores: scores, positives: positives)
      let points = precisionRecallCurve(scores: scores, positives: positives)
      var plot = Plot(
        "\(name): AP \(cell(area))", ("recall", "precision"), x: [0, 1], y: [0, 1])
      var previous = 0.0
      for point in points {
        let left = plot.x.position(previous)
        let top = plot.y.position(point.precision)
        plot.canvas.rect(
          x: left, y: top, width: plot.x.position(point.recall) - left,
          height: plot.y.start - top, "box", title: "precision \(cell(point.precision))")
        table.append([name, cell(point.recall), cell(point.precision), cell(area)])
        previous = point.recall
      }
      // Above all boxes, or the next one would hide half of a point.
      for point in points {
        plot.mark(
          0, (point.recall, point.precision), "f-s0",
          title: "recall \(cell(point.recall)), precision \(cell(point.precision))")
      }
      return plot.canvas.svg("\(name): average precision \(cell(area))")
    }
    return PaperFigure(
      "average-precision", panels, table: table, commands: [RankedExample.command])
  }

  /// A picture from its bytes to the numbers that the tower takes.
  static func pixels(_ example: WorkedExample) throws -> PaperFigure {
    let path = "\(example.dataset.root)/\(WorkedExample.paths[0])"
    let bytes = try FileBytes(path: path).withBytes { Array($0) }
    let decoded = try RGBImage(path: path)
    let recipe = Preprocessing.lmpt
    let size = example.model.architecture.image.size
    let resized = decoded.resized(to: size, as: recipe)
    let input = recipe.input(resized)
    let plane = size * size
    let (low, high) = (input.min() ?? 0, input.max() ?? 1)
    var stages: [(name: String, picture: RGBImage)] = [
      ("decoded, \(decoded.width) x \(decoded.height)", decoded),
      ("resized, \(size) x \(size)", resized),
    ]
    for (channel, name) in ["red", "green", "blue"].enumerated() {
      let values = input[(channel * plane)..<((channel + 1) * plane)]
      let grey = values.map { UInt8(max(0, min(255, (($0 - low) / (high - low) * 255).rounded()))) }
      stages.append(
        (
          "\(name), normalised",
          RGBImage(width: size, height: size, pixels: grey.flatMap { [$0, $0, $0] })
        ))
    }
    let start = bytes.prefix(8).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }.joined(separator: " ")
    var panel = "<ol class=\"stages\"><li><code>\(start) \u{2026}</code><br/>"
    panel += "\(NumberText.count(bytes.count)) bytes of JPEG</li>"
    for stage in stages {
      let data = Base64.encode(encodeJPEG(stage.picture, quality: 80))
      panel += "<li><img width=\"96\" height=\"96\" alt=\"\(stage.name)\" "
      panel += "src=\"data:image/jpeg;base64,\(data)\"/><br/>\(stage.name)</li>"
    }
    panel += "</ol>"
    var table = [["channel", "mean", "deviation", "first inputs"]]
    for (channel, name) in ["red", "green", "blue"].enumerated() {
      let first = input[(channel * plane)..<(channel * plane + 4)].map { cell(Double($0)) }
      table.append([
        name, cell(Double(recipe.mean[channel])), cell(Double(recipe.standardDeviation[channel])),
        first.joined(separator: " "),
      ])
    }
    var command = "lmpt pixels \(WorkedExample.picture) --stage input --size \(size)"
    command += " --output pixels.npy"
    return PaperFigure("pixels", [panel], table: table, commands: [command])
  }
}
