// LossFigures - the hinge of E6 and the parts of E7 as curves, by the functions that compute them.
// SPDX-License-Identifier: Apache-2.0

import LMPTReports
import LMPTTensors
import LMPTTuning

extension PaperFigures {
  /// The cost of a distance in E6, under both readings, with a head's and a tail's margin.
  static func hinge(_ example: WorkedExample) throws -> PaperFigure {
    let classes = [0, 2].map { place in
      (
        name: WorkedExample.names[place], margin: example.paper.margin.values[place],
        group: groupName(example.classes.counts[place])
      )
    }
    let distances = steps(0, 0.4, 80)
    var table = [["reading", "label", "class", "margin", "cost at d = 0", "cost at d = 0.4"]]
    var panels: [String] = []
    for reading in [Reading.paper, .released] {
      for label in [1, 0] {
        let title =
          (label == 1 ? "Caption of the class" : "Caption of another class") + ", \(reading.name)"
        let curves = classes.map { entry in
          (entry, distances.map { cost($0, label, entry.margin, reading) })
        }
        var plot = Plot(
          title, ("d, distance", "cost"), x: distances, y: [0, 0.5], height: 130)
        for (place, (entry, costs)) in curves.enumerated() {
          plot.line(Array(zip(distances, costs)), "k-\(entry.group) l\(place)")
          table.append([
            reading.name, "\(label)", entry.name, cell(Double(entry.margin)), cell(costs[0]),
            cell(costs[80]),
          ])
        }
        plot.legend(
          curves.enumerated().map { place, curve in
            (
              "\(curve.0.name), \u{03BC} = \(cell(Double(curve.0.margin)))",
              "k-\(curve.0.group) l\(place)"
            )
          })
        panels.append(plot.canvas.svg(title))
      }
    }
    return PaperFigure("hinge", panels, table: table)
  }

  /// E6 of one cell with weight 1.
  private static func cost(
    _ d: Double, _ label: Int, _ margin: Float, _ reading: Reading
  ) -> Double {
    let loss = try? embeddingLoss(
      Tensor([Float(d)], shape: [1, 1]), labels: Tensor([Float(label)], shape: [1, 1]),
      margin: Tensor(margin), weight: 1, reading: reading)
    return loss.map { Double($0.item) } ?? .nan
  }

  /// The rebalancing weight, the focal term and the bias of E7.
  static func balanced(_ example: WorkedExample) throws -> PaperFigure {
    let constants = example.paper.options.balanced
    var table = [["curve", "at", "value"]]
    // A picture that shows a class of m images and not one of n: for that one r = m / n.
    let shares = steps(0.02, 1.5, 74)
    let weights = try shares.map { share in
      let w = try rebalanceWeight(
        Tensor([0, 1], shape: [1, 2]), counts: Tensor([1, Float(share)]), constants: constants)
      return Double(w.values[0])
    }
    var weight = Plot(
      "Rebalancing weight", ("r, the ratio of a cell", "w"), x: [0, 1.5],
      y: weights + [0])
    weight.line(Array(zip(shares, weights)), "k-s0")
    table += zip(shares, weights).map { ["w at r", cell($0), cell($1)] }

    let signed = steps(-6, 6, 48)
    let t = Tensor(signed.map(Float.init))
    let entropies = softplus(-t).values.map(Double.init)
    let focal = (softplus(-t) * focalTerm(t, Float(constants.focal))).values.map(Double.init)
    var term = Plot("Focal term", ("t, above 0 where right", "cost"), x: signed, y: entropies)
    term.line(Array(zip(signed, entropies)), "k-ref")
    term.line(Array(zip(signed, focal)), "k-s0")
    term.legend([("BCE(t)", "k-ref"), ("with (1 \u{2212} q)\u{00B2}", "k-s0")])
    table += zip(signed, focal).map { ["focal cost at t", cell($0), cell($1)] }

    let set = PublishedCounts.voc(example)
    let rows = set.ordered
    let n = Tensor(rows.map { Float($0.count) })
    let biases = (Float(constants.kappa) * (try classBias(n, images: Double(set.images)))).values
      .map(Double.init)
    var bias = Plot(
      "Bias on VOC-LT", ("n, training images", "\u{03BA} b"), x: rows.map { Double($0.count) },
      y: biases + [0], logarithmic: (true, false))
    bias.line(zip(rows, biases).map { (Double($0.count), $1) }, "k-ref")
    for (row, value) in zip(rows, biases) {
      bias.mark(
        0, (Double(row.count), value), "f-\(groupName(row.count)) halo",
        title: "\(row.name), n = \(row.count): \(cell(value))")
      table.append(["kappa b of \(row.name)", "\(row.count)", cell(value)])
    }

    return PaperFigure(
      "balanced",
      [
        weight.canvas.svg("Rebalancing weight of E7 by share"),
        term.canvas.svg("Cost of a cell of E7 with and without its focal term"),
        bias.canvas.svg("Bias of E7 by class count"),
      ], table: table)
  }
}
