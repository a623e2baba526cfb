// TrainingFigure - loss, mAP and active margins over a stored run of the mini benchmark, by group.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTReports
import LMPTTuning

extension PaperFigures {
  /// The log of full LMPT with seed 0: `events.jsonl` of that run of the component sweep, which
  /// `.ci/results` makes again and compares.
  private static let trainingFile = "Benchmarks/Results/mini/training.jsonl"

  /// A line of a panel with the class of its stroke.
  private typealias Curve = (name: String, style: String, value: (EpochRecord) -> Double?)

  /// What the epochs of a whole run measured, as stored.
  static func training(_ example: WorkedExample) throws -> PaperFigure {
    let path = "\(example.checkout)/\(trainingFile)"
    let epochs = try inFile(path) { try FileBytes(path: path).withBytes(EpochLog.parse) }
    let kept = epochs.max { ($0.validation ?? 0, $1.epoch) < ($1.validation ?? 0, $0.epoch) }
    guard let kept, kept.validation != nil else {
      throw PaperError.excerpt(trainingFile, what: "holds no epoch with a validation mAP")
    }
    let losses: [Curve] = [
      ("E8, total", "k-ref", { $0.loss }), ("E7", "k-s0", { $0.losses.cls }),
      ("E6", "k-s1 l1", { $0.losses.cse }),
    ]
    let panels = [
      panel("Loss", "mean over the pictures", losses, epochs, kept: kept.epoch, isLog: true),
      panel("mAP on the test pictures", "%", groups(\.test), epochs, kept: kept.epoch),
      panel(
        "Active margins of E6", "% of the negatives", groups(\.activeMargins), epochs,
        kept: kept.epoch),
    ]
    return PaperFigure("training", panels, table: table(epochs, kept: kept.epoch))
  }

  /// A curve of each group, in percent.
  private static func groups(
    _ figure: KeyPath<GroupFigures, [ClassGroup: Double]> & Sendable
  ) -> [Curve] {
    ClassGroup.allCases.enumerated().map { place, group in
      (
        group.rawValue, "k-\(group.rawValue) l\(place)",
        { $0.byGroup[keyPath: figure][group].map { $0 * 100 } }
      )
    }
  }

  private static func panel(
    _ title: String, _ axis: String, _ curves: [Curve], _ epochs: [EpochRecord], kept: Int,
    isLog: Bool = false
  ) -> String {
    let lines = curves.map { curve in
      epochs.compactMap { epoch in curve.value(epoch).map { (Double(epoch.epoch), $0) } }
    }
    let values = lines.joined().map(\.1)
    var plot = Plot(
      title, ("epoch; the dotted one was kept", axis), x: epochs.map { Double($0.epoch) },
      y: isLog ? values.filter { $0 > 0 } : values + [0], logarithmic: (false, isLog))
    let x = plot.x.position(Double(kept))
    plot.canvas.line(x, plot.y.end, x, plot.y.start, "kept", title: "epoch \(kept), kept")
    for (curve, line) in zip(curves, lines) { plot.line(line, curve.style) }
    plot.legend(curves.map { ($0.name, $0.style) })
    return plot.canvas.svg(title)
  }

  private static func table(_ epochs: [EpochRecord], kept: Int) -> [[String]] {
    let groups = ClassGroup.allCases
    func cells(_ values: [ClassGroup: Double]) -> [String] {
      groups.map { NumberText.percent(values[$0], 1) }
    }
    let header =
      ["epoch", "E8", "E7", "E6", "validation mAP, %", "test mAP, %"]
      + groups.map { "test, \($0.rawValue)" } + groups.map { "active, \($0.rawValue)" }
    return [header]
      + epochs.map { epoch in
        ["\(epoch.epoch)\(epoch.epoch == kept ? ", kept" : "")"]
          + [epoch.loss, epoch.losses.cls, epoch.losses.cse].map(cell)
          + [epoch.validation, epoch.test].map { NumberText.percent($0, 1) }
          + cells(epoch.byGroup.test) + cells(epoch.byGroup.activeMargins)
      }
  }
}
