// ReportMerging - several runs on one page.
// SPDX-License-Identifier: Apache-2.0

extension Report {
  /// One report that compares several.
  ///
  /// Rows, curves and runs follow each other in the order of the reports; a figure per class gets a
  /// column per method. A method that comes twice with the same figures, as zero-shot CLIP beside
  /// every run, is shown once; a name that comes twice with other figures is numbered. Of the parts
  /// that only make sense once (data set, map, ablation) the first report that has one gives it; so
  /// does of notice, summary and selection, unless they differ: then all are shown.
  ///
  /// - Parameters:
  ///   - reports: at least one; they should be about the same data set.
  ///   - title: the heading.
  /// - Returns: the comparison; it computes no figure.
  package static func merged(_ reports: [Report], title: String) -> Report {
    var out = Report(title: title)
    func texts(_ key: KeyPath<Report, String?>) -> String? {
      let all = unique(reports.compactMap { $0[keyPath: key] })
      return all.isEmpty ? nil : all.joined(separator: " \u{00B7} ")
    }
    (out.summary, out.notice, out.selection) = (
      texts(\.summary), texts(\.notice), texts(\.selection)
    )
    // From the first to the last day.
    let days = unique(reports.compactMap { $0.date.map { String($0.prefix(10)) } }).sorted()
    out.date = days.count > 1 ? "\(days[0]) to \(days[days.count - 1])" : days.first
    let names = unique(reports.compactMap { $0.dataset?.name })
    // The facts of one set would be taken for those of all.
    out.dataset = names.count > 1 ? nil : reports.lazy.compactMap(\.dataset).first
    if names.count > 1 {
      let warning =
        "These runs are about different data sets: \(names.joined(separator: ", ")). "
        + "A figure of one does not compare with a figure of another."
      out.notice = [out.notice, warning].compactMap(\.self).joined(separator: " ")
    }
    out.ablation = reports.lazy.compactMap(\.ablation).first
    out.map = reports.lazy.compactMap(\.map).first
    out.commands = unique(reports.flatMap(\.commands))
    out.environment = unique(reports.flatMap(\.environment))
    for report in reports { out.append(report.without(out.repeated(in: report))) }
    return out
  }

  private mutating func append(_ report: Report) {
    let quoted = report.results.filter { $0.evidence != .measured && !results.contains($0) }
    let measured = report.results.filter { $0.evidence == .measured }
    let taken = Set(methods + results.map(\.method))
    var renamed: [String: String] = [:]
    for name in Report.unique(report.methods + measured.map(\.method)) {
      let free = Report.free(name, taken)
      renamed[name] = free
      palette[free] = report.palette[name]
    }
    results += quoted
    for var row in measured {
      row.method = renamed[row.method] ?? row.method
      results.append(row)
    }
    let before = methods.count
    methods += report.methods.map { renamed[$0] ?? $0 }
    for row in report.classes {
      if let index = classes.firstIndex(where: { $0.name == row.name }) {
        let padding = [Double?](repeating: nil, count: max(0, before - classes[index].ap.count))
        classes[index].ap += padding + row.ap
        classes[index].margin = classes[index].margin ?? row.margin
        classes[index].weight = classes[index].weight ?? row.weight
      } else {
        var row = row
        row.ap = [Double?](repeating: nil, count: before) + row.ap
        classes.append(row)
      }
    }
    for row in report.curves {
      let renamedCurves = row.curves.map { curve in
        var curve = curve
        curve.method = renamed[curve.method] ?? curve.method
        return curve
      }
      if let index = curves.firstIndex(where: { $0.name == row.name }) {
        curves[index].curves += renamedCurves
      } else {
        curves.append(ClassCurves(name: row.name, group: row.group, curves: renamedCurves))
      }
    }
    for var run in report.runs {
      run.name = Report.free(run.name, Set(runs.map(\.name)))
      runs.append(run)
    }
    append(examples: report.examples, renamed)
    for var diagnostics in report.diagnostics {
      diagnostics.run = renamed[diagnostics.run] ?? diagnostics.run
      self.diagnostics.append(diagnostics)
    }
    for var words in report.words {
      words.owner = Report.free(words.owner, Set(self.words.map(\.owner)))
      self.words.append(words)
    }
  }

  /// Methods of a report that are here already, with the same row and the same figure per class.
  ///
  /// The last method is the report's own, and a run is never the same as another.
  private func repeated(in report: Report) -> Set<String> {
    func figures(_ method: String, _ report: Report) -> [String: Double?] {
      guard let index = report.methods.firstIndex(of: method) else { return [:] }
      let pairs = report.classes.map { ($0.name, index < $0.ap.count ? $0.ap[index] : nil) }
      return Dictionary(pairs) { first, _ in first }
    }
    return Set(
      report.results.filter { $0.evidence == .measured && results.contains($0) }.map(\.method)
        .filter { $0 != report.methods.last }.filter { figures($0, self) == figures($0, report) })
  }

  /// The report without some of its measured methods.
  private func without(_ methods: Set<String>) -> Report {
    guard !methods.isEmpty else { return self }
    var out = self
    let kept = self.methods.indices.filter { !methods.contains(self.methods[$0]) }
    out.methods = kept.map { self.methods[$0] }
    out.results = results.filter { $0.evidence != .measured || !methods.contains($0.method) }
    for index in classes.indices {
      let ap = classes[index].ap
      out.classes[index].ap = kept.map { $0 < ap.count ? ap[$0] : nil }
    }
    for index in curves.indices {
      out.curves[index].curves = curves[index].curves.filter { !methods.contains($0.method) }
    }
    for index in examples.indices {
      out.examples[index].decisions = examples[index].decisions.filter {
        !methods.contains($0.method)
      }
    }
    return out
  }

  /// An image that several runs show gets the decisions of all of them.
  private mutating func append(examples new: [Example], _ renamed: [String: String]) {
    for var example in new {
      for index in example.decisions.indices {
        let method = example.decisions[index].method
        example.decisions[index].method = renamed[method] ?? method
      }
      if let index = examples.firstIndex(where: {
        $0.name == example.name && $0.image == example.image
      }) {
        examples[index].decisions += example.decisions
      } else {
        examples.append(example)
      }
    }
  }

  private static func free(_ name: String, _ taken: Set<String>) -> String {
    guard taken.contains(name) else { return name }
    var number = 2
    while taken.contains("\(name) (\(number))") { number += 1 }
    return "\(name) (\(number))"
  }

  private static func unique<Value: Equatable>(_ values: [Value]) -> [Value] {
    values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
