// Headline - the result of a page in one sentence.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

extension Report {
  /// `67.7 mAP, +14.2 over zero-shot; tail -0.9`: the row measured here, or the best of several, beside
  /// what it is compared with.
  ///
  /// Nil without such a row, and where the rows are about different data sets: no figure is best then.
  var headline: String? {
    let own = results.filter { $0.evidence == .measured && !Report.isReference($0.method) }
    let isOne = Set(own.map(\.block)).count <= 1
    guard isOne, let best = own.max(by: { Report.order($0) < Report.order($1) }),
      let total = best[.total], total.mean.isFinite
    else { return nil }
    var text = "\(NumberText.percent(total.mean, 1)) mAP"
    if let deviation = total.deviation {
      text =
        "\(NumberText.percent(total.mean, 1)) \u{00B1} \(NumberText.percent(deviation, 1)) mAP"
    }
    if let zero = reference?[.total]?.mean, zero.isFinite {
      let gain = (total.mean - zero) * 100
      text +=
        NumberText.fixed(gain, 1).hasPrefix("\u{2212}")
        ? ", \(NumberText.fixed(-gain, 1)) below zero-shot"
        : ", \(NumberText.signed(gain, 1)) over zero-shot"
    }
    if let tail = best[.group(.tail)]?.mean, tail.isFinite {
      if let zero = reference?[.group(.tail)]?.mean, zero.isFinite {
        text += "; tail \(NumberText.signed((tail - zero) * 100, 1))"
      } else {
        text += "; tail \(NumberText.percent(tail, 1))"
      }
    }
    return own.count > 1 ? "Best of \(own.count): \(best.method) with \(text)." : text + "."
  }

  private static func order(_ row: Row) -> Double {
    guard let mean = row[.total]?.mean, mean.isFinite else { return -1 }
    return mean
  }

  /// What a reader must know before the figures: classes that no test image shows.
  var untestedNotice: String? {
    guard let dataset, !dataset.untested.isEmpty else { return nil }
    let count = dataset.untested.count
    var text = "No test image shows \(dataset.untested.joined(separator: ", ")). By the published "
    text += "convention \(count == 1 ? "its AP counts" : "their APs count") as 0."
    let own = results.last { $0.evidence == .measured && $0.present != nil }
    if let own, let present = own.present {
      text += " mAP over \(dataset.classes - count) of \(dataset.classes) classes: "
      text += "\(NumberText.percent(present.mean, 1)) with \(own.method)"
      if let zero = reference?.present, own.method != reference?.method {
        text += ", \(NumberText.percent(zero.mean, 1)) zero-shot"
      }
      text += "."
    }
    return text
  }
}
