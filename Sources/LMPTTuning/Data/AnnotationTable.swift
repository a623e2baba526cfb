// AnnotationTable - labels and captions out of a CSV table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension AnnotationFormat {
  /// A table with the columns `path`, labels, and perhaps `caption`.
  package static let table = AnnotationFormat("csv", captions: tableCaptions) { bytes, place in
    try MultiLabelSet(table: bytes, prefix: place.prefix, classNames: place.classNames)
  }

  private static func tableCaptions(_ bytes: UnsafeRawBufferPointer) throws -> [String: String] {
    let table = try csvTable(bytes)
    guard let path = table.header.firstIndex(of: "path"),
      let caption = table.header.firstIndex(of: "caption")
    else {
      throw AnnotationError.badCSV(line: 1, what: "there are no columns 'path' and 'caption'")
    }
    var captions: [String: String] = [:]
    for row in table.rows {
      let text = oneLine(row.fields[caption])
      let key = row.fields[path]
      captions[key] = captions[key].map { "\($0) \(text)" } ?? text
    }
    return captions
  }
}

extension MultiLabelSet {
  /// A CSV table: `path`, then `labels` (names or indices between spaces or semicolons) or one
  /// column of 0 and 1 per class; `caption` may stand anywhere.
  fileprivate init(
    table bytes: UnsafeRawBufferPointer, prefix: String, classNames: [String]?
  ) throws {
    let table = try csvTable(bytes)
    guard let pathColumn = table.header.firstIndex(of: "path") else {
      throw AnnotationError.badCSV(line: 1, what: "there is no column 'path'")
    }
    let captionColumn = table.header.firstIndex(of: "caption")
    let labelColumn = table.header.firstIndex(of: "labels")
    let columns =
      labelColumn == nil
      ? table.header.indices.filter { $0 != pathColumn && $0 != captionColumn } : []
    // Names may hold spaces: one semicolon anywhere says that semicolons separate.
    let usesSemicolons = labelColumn.map { column in
      table.rows.contains { $0.fields[column].unicodeScalars.contains(";") }
    }
    func split(_ text: String) -> [String] {
      text.parts(between: usesSemicolons == true ? ";" : " ").map(trimmed).filter { !$0.isEmpty }
    }
    if let labelColumn, usesSemicolons == false, classNames == nil {
      try requireClearLabels(table.rows.map { ($0.line, $0.fields[labelColumn]) })
    }
    let written = table.rows.map { row in labelColumn.map { split(row.fields[$0]) } ?? [] }
    self.init(
      classNames: classNames
        ?? (labelColumn == nil
          ? columns.map { table.header[$0] } : Set(written.joined()).sorted()))
    let labels = index(of: self.classNames)
    for (row, names) in zip(table.rows, written) {
      var found = Set<Int>()
      for name in names {
        // A name first, because classes may be called by numbers.
        let position = classNames == nil || labels[name] != nil ? nil : Int(name)
        if let position, self.classNames.indices.contains(position) {
          found.insert(position)
        } else {
          found.insert(try label(name, labels))
        }
      }
      for column in columns {
        switch row.fields[column] {
        case "1": found.insert(try label(table.header[column], labels))
        case "0", "": break
        default:
          throw AnnotationError.badCSV(
            line: row.line, what: "\(printable(row.fields[column])) is neither 0 nor 1")
        }
      }
      let path = prefix + row.fields[pathColumn]
      images.append(ListedImage(path: path, labels: found.sorted()))
      if let captionColumn { captions[path] = row.fields[captionColumn] }
    }
  }
}

/// Refuses labels without a semicolon that commas separate, and two words of which neither ever
/// stands without the other: `red bus` is one class more often than two.
private func requireClearLabels(_ rows: [(line: Int, labels: String)]) throws(AnnotationError) {
  struct Pair: Hashable { let first, second: String }
  var (alone, together) = ([String: Int](), [Pair: (count: Int, line: Int)]())
  for (line, labels) in rows {
    guard !labels.utf8.contains(UInt8(ascii: ",")) else {
      let names = labels.parts(between: ",").map(trimmed)
      throw .ambiguousLabels(
        line: line, found: labels,
        suggestion: "separate names with semicolons, \(printable(names.joined(separator: ";")))")
    }
    let words = labels.words.filter { Int($0) == nil }
    for word in words { alone[word, default: 0] += 1 }
    for (first, second) in zip(words, words.dropFirst()) {
      together[Pair(first: first, second: second), default: (0, line)].count += 1
    }
  }
  // The first in the table, so that the answer is always the same.
  let doubtful = together.filter {
    $1.count > 1 && $1.count == alone[$0.first] && $1.count == alone[$0.second]
  }.min { ($0.value.line, $0.key.first) < ($1.value.line, $1.key.first) }
  guard let (pair, found) = doubtful else { return }
  let (first, second) = (pair.first, pair.second)
  throw .ambiguousLabels(
    line: found.line, found: "\(first) \(second)",
    suggestion: "write \(printable("\(first) \(second);")) if it is one name, "
      + "\(printable("\(first);\(second)")) if it is two")
}

/// A table, its failures as those of annotations.
private func csvTable(_ bytes: UnsafeRawBufferPointer) throws(AnnotationError) -> CSVTable {
  do {
    return try CSVTable(bytes)
  } catch {
    switch error {
    case .malformed(let line, let what): throw .badCSV(line: line, what: what)
    case .tooMany(let limit): throw .tooMany(limit: limit)
    }
  }
}
