// MethodStyle - the colour, the dash and the mark of a method, the same wherever it is drawn.
// SPDX-License-Identifier: Apache-2.0

/// How a method is drawn.
///
/// Zero-shot CLIP, with which everything is compared, is grey on every page. The others take slots
/// of a palette: first those that they ask for (`Report.palette`), then what is free.
package struct MethodStyle: Sendable, Equatable {
  /// The slot of the palette; nil for what others are compared with.
  let slot: Int?
  /// The group that is drawn, where it is none of the methods.
  private var group: Report.Group?

  /// What others are compared with.
  package static let reference = MethodStyle(slot: nil)

  /// A slot of the palette; colours come again after six, with another dash and mark.
  package init(slot: Int?) { self.slot = slot }

  /// A group in its colour, with a dash and a mark of its own.
  static func group(_ group: Report.Group) -> MethodStyle {
    var style = MethodStyle(slot: Report.Group.allCases.firstIndex(of: group))
    style.group = group
    return style
  }

  private var color: String {
    group?.rawValue ?? slot.map { "s\($0 % MethodStyle.colors)" } ?? "ref"
  }

  /// Number of colours.
  static let colors = 6

  /// Class of an area.
  var fill: String { "f-\(color)" }
  /// Class of an outline.
  var stroke: String { "k-\(color)" }
  /// Classes of a line: colour, then dash.
  var line: String { dashed(slot.map { $0 % 4 } ?? 0) }
  /// Classes of a line whose dash says something else than the method.
  func dashed(_ dash: Int) -> String { "l \(stroke) l\(dash % 4)" }
  /// The class that colours parts of the page.
  var page: String { "m-\(color)" }
  /// The shape of a mark.
  var shape: Int { slot.map { $0 % 4 } ?? 0 }
}

/// The styles of all methods of a page.
struct MethodStyles {
  private var slots: [String: Int] = [:]

  init(_ report: Report) {
    let names = report.methods + report.results.filter { $0.evidence == .measured }.map(\.method)
    let others = names.filter { !Report.isReference($0) }
    var taken: Set<Int> = []
    for name in others where slots[name] == nil {
      guard let slot = report.palette[name], slot >= 0, taken.insert(slot).inserted else {
        continue
      }
      slots[name] = slot
    }
    for name in others where slots[name] == nil {
      let slot = (0...taken.count).first { !taken.contains($0) } ?? 0
      taken.insert(slot)
      slots[name] = slot
    }
  }

  /// The style of a method, or of a run that is called after its method.
  subscript(name: String) -> MethodStyle {
    if Report.isReference(name) { return .reference }
    if let slot = slots[name] { return MethodStyle(slot: slot) }
    let longest = slots.keys.filter { name.hasPrefix($0) }.max { ($0.count, $0) < ($1.count, $1) }
    return MethodStyle(slot: longest.flatMap { slots[$0] } ?? slots.count)
  }

  /// A square in the method's colour and its name; the name alone where it is drawn nowhere.
  func key(_ name: String) -> String {
    guard slots[name] != nil || Report.isReference(name) else { return name.escapedForHTML }
    return "<span class=\"m \(self[name].page)\">\(name.escapedForHTML)</span>"
  }
}
