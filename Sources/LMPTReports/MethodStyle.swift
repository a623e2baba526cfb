// MethodStyle - the colour, the dash and the mark of a method, the same wherever it is drawn.
// SPDX-License-Identifier: Apache-2.0

/// How a method is drawn.
///
/// Zero-shot CLIP, with which everything is compared, is grey on every page. The others take places
/// in a palette: first those that they ask for (`Report.palette`), then what is free.
package struct MethodStyle: Sendable, Equatable {
  /// The place in the palette; nil for what others are compared with.
  let place: Int?
  /// The group that is drawn, where it is none of the methods.
  private var group: Report.Group?

  /// What others are compared with.
  package static let reference = MethodStyle(place: nil)

  /// A place in the palette; colours come again after six, with another dash and mark.
  package init(place: Int?) { self.place = place }

  /// A group in its colour, with a dash and a mark of its own.
  static func group(_ group: Report.Group) -> MethodStyle {
    var style = MethodStyle(place: Report.Group.allCases.firstIndex(of: group))
    style.group = group
    return style
  }

  private var color: String {
    group?.rawValue ?? place.map { "s\($0 % MethodStyle.colors)" } ?? "ref"
  }

  /// Number of colours.
  static let colors = 6

  /// Class of an area.
  var fill: String { "f-\(color)" }
  /// Class of an outline.
  var stroke: String { "k-\(color)" }
  /// Classes of a line: colour, then dash.
  var line: String { dashed(place.map { $0 % 4 } ?? 0) }
  /// Classes of a line whose dash says something else than the method.
  func dashed(_ dash: Int) -> String { "l \(stroke) l\(dash % 4)" }
  /// The class that colours parts of the page.
  var page: String { "m-\(color)" }
  /// The shape of a mark.
  var shape: Int { place.map { $0 % 4 } ?? 0 }
}

/// The styles of all methods of a page.
struct MethodStyles {
  private var places: [String: Int] = [:]

  init(_ report: Report) {
    let names = report.methods + report.results.filter { $0.evidence == .measured }.map(\.method)
    let others = names.filter { !Report.isReference($0) }
    var taken: Set<Int> = []
    for name in others where places[name] == nil {
      guard let place = report.palette[name], place >= 0, taken.insert(place).inserted else {
        continue
      }
      places[name] = place
    }
    for name in others where places[name] == nil {
      let place = (0...taken.count).first { !taken.contains($0) } ?? 0
      taken.insert(place)
      places[name] = place
    }
  }

  /// The style of a method, or of a run that is called after its method.
  subscript(name: String) -> MethodStyle {
    if Report.isReference(name) { return .reference }
    if let place = places[name] { return MethodStyle(place: place) }
    let longest = places.keys.filter { name.hasPrefix($0) }.max { ($0.count, $0) < ($1.count, $1) }
    return MethodStyle(place: longest.flatMap { places[$0] } ?? places.count)
  }

  /// A square in the method's colour and its name; the name alone where it is drawn nowhere.
  func key(_ name: String) -> String {
    guard places[name] != nil || Report.isReference(name) else { return name.escapedForHTML }
    return "<span class=\"m \(self[name].page)\">\(name.escapedForHTML)</span>"
  }
}
