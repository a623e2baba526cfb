// PublishedResults - figures of other papers that were read in a source.
// SPDX-License-Identifier: Apache-2.0

import LMPTMetrics

/// mAP in percent as printed by the named sources.
///
/// Only figures that were read in a public source are here. The CLIP-based rows of LMPT's own table
/// (zero-shot, CoOp, CoCoOp, DualCoOp, TaI-DPT) and LMPT's head, medium and tail figures could not
/// be read, so they are absent rather than quoted from memory.
package enum PublishedResults {
  /// The two data sets of the paper, by the names that runs have for them.
  package enum Dataset: String, Sendable, CaseIterable {
    /// VOC-LT: 1,142 training images, 20 classes.
    case vocLT = "voc-lt"
    /// COCO-LT: 1,909 training images, 80 classes.
    case cocoLT = "coco-lt"
  }

  /// Which of the visual-only methods to show.
  package enum Selection: Sendable {
    /// Those of LMPT's time.
    case contemporary
    /// Later ones too.
    case all
  }

  /// In the order of the columns.
  private typealias Figures = [Double]

  private struct Entry {
    let method: String
    let voc: Figures
    let coco: Figures
    var note: String?
    var vocNote: String?
    var cocoNote: String?
  }

  private static let tables = "CPRFL (arXiv 2408.08125), Table 1; MLC-NC (AAAI 2025), Table 1"
  private static let leaderboards = "two public leaderboards, sotaverified and wizwand"
  private static let disagree = "total and groups do not agree with each other in the source"

  private static let contemporary = [
    Entry(
      method: "ERM", voc: [70.86, 68.91, 80.20, 65.31], coco: [41.27, 48.48, 49.06, 24.25],
      cocoNote: disagree),
    Entry(
      method: "RW", voc: [74.70, 67.58, 82.81, 73.96], coco: [42.27, 48.62, 45.80, 32.02],
      note: "inverse square root of the frequency"),
    Entry(method: "RS", voc: [75.38, 70.95, 82.94, 73.05], coco: [46.97, 47.58, 50.55, 41.70]),
    Entry(method: "Focal", voc: [73.88, 69.41, 81.43, 71.56], coco: [49.46, 49.80, 54.77, 42.14]),
    Entry(
      method: "ML-GCN", voc: [68.92, 70.14, 76.41, 62.39], coco: [44.24, 44.04, 48.36, 38.96]),
    Entry(
      method: "OLTR", voc: [71.02, 70.31, 79.80, 64.95], coco: [45.83, 47.45, 50.63, 38.05],
      vocNote: "MLC-NC prints tail 64.96"),
    Entry(
      method: "LDAM", voc: [70.73, 68.73, 80.38, 69.09], coco: [40.53, 48.77, 48.38, 22.92],
      vocNote: "total and groups do not agree in the source; MLC-NC prints total 70.33"),
    Entry(
      method: "CB-Focal", voc: [75.24, 70.30, 83.53, 72.74], coco: [49.06, 47.91, 53.01, 44.85]),
    Entry(method: "BBN", voc: [73.37, 71.31, 81.76, 68.62], coco: [50.00, 49.79, 53.99, 44.91]),
    Entry(
      method: "DB", voc: [78.65, 73.16, 84.11, 78.66], coco: [52.53, 50.25, 56.33, 49.54],
      note: "without the focal factor"),
    Entry(
      method: "DB-Focal", voc: [78.94, 73.22, 84.18, 79.30], coco: [53.55, 51.13, 57.05, 51.06]),
    Entry(
      method: "ASL", voc: [76.40, 70.70, 82.26, 76.29], coco: [50.21, 49.05, 53.65, 46.68],
      vocNote: "MLC-NC's own run: 78.31 / 71.12 / 84.95 / 78.71",
      cocoNote: "MLC-NC's own run: 54.35 / 50.59 / 58.76 / 51.82"),
    Entry(
      method: "LTML", voc: [81.44, 75.68, 85.53, 82.69], coco: [56.90, 54.13, 60.59, 54.47],
      note: "also called URS; Guo & Wang, CVPR 2021"),
  ]

  private static let later = [
    Entry(
      method: "CDRS+AFL", voc: [78.96, 73.35, 85.03, 78.63], coco: [55.35, 52.45, 59.48, 52.46]),
    Entry(
      method: "Bilateral-TPS", voc: [81.58, 75.88, 84.11, 83.95],
      coco: [56.38, 55.93, 58.26, 54.29]
    ),
    Entry(
      method: "PG Loss", voc: [80.37, 73.67, 83.83, 82.88], coco: [54.43, 51.23, 57.42, 53.40]),
    Entry(
      method: "COMIC", voc: [81.53, 73.10, 89.18, 84.53], coco: [55.08, 49.21, 60.08, 55.36],
      vocNote: disagree, cocoNote: disagree),
    Entry(
      method: "CAE-Net", voc: [81.61, 74.00, 85.35, 85.28], coco: [57.64, 52.37, 61.18, 57.63],
      vocNote: disagree),
    Entry(method: "MFM", voc: [79.64, 66.32, 84.69, 85.83], coco: [55.25, 48.71, 58.24, 57.08]),
    Entry(
      method: "MLC-NC", voc: [84.37, 72.75, 88.15, 90.31], coco: [60.52, 49.69, 64.94, 64.21]),
    Entry(
      method: "CPRFL-GloVe", voc: [85.14, 82.50, 90.42, 83.17], coco: [65.18, 65.12, 69.97, 58.91],
      note: "ResNet-101, 448 pixels"),
    Entry(
      method: "CPRFL-CLIP", voc: [86.28, 81.84, 90.51, 86.43], coco: [66.69, 66.35, 70.99, 61.33],
      note: "ResNet-101, 448 pixels"),
  ]

  /// Rows for a report's table.
  ///
  /// - Parameters:
  ///   - dataset: which benchmark.
  ///   - selection: which visual-only methods; LMPT's totals always follow them.
  /// - Returns: rows with their sources, as fractions.
  package static func rows(_ dataset: Dataset, _ selection: Selection = .all) -> [Report.Row] {
    let before = contemporary.map {
      row($0, dataset, "Images only (ResNet-50 unless noted), from other papers")
    }
    let after = later.map { row($0, dataset, "Images only, later than LMPT, from other papers") }
    return before + (selection == .all ? after : []) + lmpt(dataset)
  }

  private static func row(_ entry: Entry, _ dataset: Dataset, _ block: String) -> Report.Row {
    let figures = dataset == .vocLT ? entry.voc : entry.coco
    let remarks = [entry.note, dataset == .vocLT ? entry.vocNote : entry.cocoNote]
    let note = remarks.compactMap(\.self).joined(separator: "; ")
    return Report.Row(
      method: entry.method, block: block,
      figures: Dictionary(
        zip(ResultColumn.all, figures.map(percent)), uniquingKeysWith: { first, _ in first }),
      evidence: .read(tables), note: note.isEmpty ? nil : note)
  }

  /// LMPT's totals; two later papers' stated gains over LMPT reproduce the ViT-B/16 figures.
  private static func lmpt(_ dataset: Dataset) -> [Report.Row] {
    let totals = dataset == .vocLT ? (85.44, 87.88) : (58.97, 66.19)
    return [("LMPT, RN50", totals.0), ("LMPT, ViT-B/16", totals.1)].map { method, total in
      Report.Row(
        method: method, block: "LMPT as published, totals only", figures: [.total: percent(total)],
        evidence: .read(leaderboards),
        note: "head, medium and tail could not be read in a public source")
    }
  }

  private static func percent(_ value: Double) -> Report.Measure { Report.Measure(value / 100) }
}
