// HTMLGroupCurves - head, medium and tail over the epochs: their mAP, and what E6 still pushes.
// SPDX-License-Identifier: Apache-2.0

extension HTMLReport {
  /// A figure of the groups: its place in an epoch, its chart's title and axis.
  private struct GroupFigure {
    let path: WritableKeyPath<Report.Epoch, [Report.Group: Double]> & Sendable
    let title: String
    let axis: String
    /// How a table calls it, before the group's name.
    let short: String

    /// The figure of one group.
    func of(_ group: Report.Group) -> (Report.Epoch) -> Double? {
      { $0[keyPath: path][group] }
    }
  }

  private static let validation = GroupFigure(
    path: \.validationGroups, title: "mAP on the validation images by epoch and group",
    axis: "mAP, %", short: "validation mAP")
  private static let test = GroupFigure(
    path: \.testGroups, title: "mAP on the test images by epoch and group", axis: "mAP, %",
    short: "test mAP")
  private static let margins = GroupFigure(
    path: \.activeMargins, title: "Active margins of E6 by epoch and group",
    axis: "active negatives, %", short: "active margins")

  /// Every figure of the groups, for a table.
  static var groupFigures: [EpochFigure] {
    [validation, test, margins].flatMap { figure in
      Report.Group.allCases.map { group in
        ("\(figure.short) of \(group.rawValue), %", figure.of(group))
      }
    }
  }

  /// The charts of one run: a line for each group.
  static func groupCharts(_ run: Report.Run) -> String {
    [validation, test, margins].map { figure in
      let lines = Report.Group.allCases.compactMap { group in
        line(run, (group.rawValue, figure.of(group)), style: .group(group), scale: 100)
      }
      return self.figure(
        figure.title,
        LineChart.svg(figure.title, x: "epoch", y: figure.axis, series: lines))
    }.joined()
  }

  /// The charts of several runs, behind a line that opens them: one for each group, whose lines are
  /// the runs. Charts of the same figure share an axis.
  static func groupComparison(_ runs: [Report.Run], _ styles: MethodStyles) -> String {
    guard runs.count > 1 else { return "" }
    let charts = [test, margins].flatMap { figure in
      let groups = Report.Group.allCases.map { group in
        runs.compactMap { run in
          line(run, (run.name, figure.of(group)), style: styles[run.name], scale: 100)
        }
      }
      let values = groups.joined().flatMap { $0.points.map(\.y) }
      return zip(Report.Group.allCases, groups).map { group, lines in
        let title = "\(figure.title): \(group.rawValue)"
        return self.figure(
          title,
          LineChart.svg(title, x: "epoch", y: figure.axis, series: lines, holding: values))
      }
    }.joined()
    guard !charts.isEmpty else { return "" }
    return "<details><summary>Curves by group</summary><div class=\"pair\">\(charts)</div>"
      + "</details>\n"
  }
}
