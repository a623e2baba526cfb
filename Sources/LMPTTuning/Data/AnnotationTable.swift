// AnnotationTable - labels and captions out of a CSV table.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension AnnotationFormat {
  /// A table with the columns `path`, labels, and perhaps `caption`.
  package static let table = AnnotationFormat("csv", captions: tableCaptions) { bytes, request in
    try MultiLabelSet(table: bytes, prefix: request.prefix, classNames: request.classNames)
  }

  private static func tableCaptions(_ bytes: UnsafeRawBufferPointer) throws -> [String: String] {
    let table = try csvTable(bytes)
    let columns = TableColumns(table.header)
    guard let path = columns.path, let caption = columns.caption else {
      throw AnnotationError.badCSV(line: 1, what: "there are no columns 'path' and 'caption'")
    }
    var captions: [String: String] = [:]
    for row in table.rows {
      // An empty cell is no caption.
      let text = oneLine(row.fields[caption])
      guard !text.isEmpty else { continue }
      let key = row.fields[path]
      captions[key] = captions[key].map { "\($0) \(text)" } ?? text
    }
    return captions
  }
}

/// Where the columns of a table stand that have a meaning; spaces and capitals do not count.
private struct TableColumns {
  let path, labels, caption: Int?

  init(_ header: [String]) {
    func column(_ name: String) -> Int? {
      header.firstIndex { withoutSpaces($0).lowercased() == name }
    }
    (path, labels, caption) = (column("path"), column("labels"), column("caption"))
  }
}

/// A text without the spaces around it; other white space stays, because no name may have it.
private func withoutSpaces(_ text: String) -> String {
  var slice = text.unicodeScalars[...]
  while slice.first == " " { slice.removeFirst() }
  while slice.last == " " { slice.removeLast() }
  return String(slice)
}

extension MultiLabelSet {
  /// A CSV table: `path`, then `labels` (names or indices between spaces or semicolons) or one
  /// column of 0 and 1 per class; `caption` may stand anywhere.
  fileprivate init(
    table bytes: UnsafeRawBufferPointer, prefix: String, classNames: [String]?
  ) throws {
    let table = try csvTable(bytes)
    try requireShort(table.header, longestName, line: 1)
    let header = table.header.map(withoutSpaces)
    let known = TableColumns(header)
    guard let pathColumn = known.path else {
      throw AnnotationError.badCSV(
        line: 1, what: "there is no column 'path' (the header has: \(shown(header)))")
    }
    let (labelColumn, captionColumn) = (known.labels, known.caption)
    let columns =
      labelColumn == nil ? header.indices.filter { $0 != pathColumn && $0 != captionColumn } : []
    // Names may hold spaces: one semicolon anywhere says that semicolons separate.
    let usesSemicolons = labelColumn.map { column in
      table.rows.contains { $0.fields[column].unicodeScalars.contains(";") }
    }
    func split(_ text: String) -> [String] {
      text.parts(between: usesSemicolons == true ? ";" : " ").map(trimmed).filter { !$0.isEmpty }
    }
    let written = table.rows.map { row in labelColumn.map { split(row.fields[$0]) } ?? [] }
    for (row, names) in zip(table.rows, written) {
      try requireShort([row.fields[pathColumn]], longestPath, line: row.line)
      try requireShort(names, longestName, line: row.line)
    }
    if let labelColumn, usesSemicolons == false {
      try requireClearLabels(
        table.rows.map { ($0.line, $0.fields[labelColumn]) }, classNames: classNames)
    }
    if usesSemicolons == true, classNames == nil {
      try requireNoJoinedClasses(zip(table.rows, written).map { ($0.line, $1) })
    }
    self.init(
      classNames: classNames
        ?? (labelColumn == nil ? columns.map { header[$0] } : Set(written.joined()).sorted()))
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
        switch row.fields[column].words {
        case ["1"]: found.insert(try label(header[column], labels))
        case ["0"], []: break
        default: throw neitherZeroNorOne(row.fields[column], line: row.line, header)
        }
      }
      guard !trimmed(row.fields[pathColumn]).isEmpty else {
        throw AnnotationError.badCSV(
          line: row.line, what: "there is no path", hint: "write the path, or remove the line")
      }
      let path = prefix + row.fields[pathColumn]
      images.append(ListedImage(path: path, labels: found.sorted()))
      if let captionColumn, !oneLine(row.fields[captionColumn]).isEmpty {
        captions[path] = row.fields[captionColumn]
      }
    }
  }
}

/// Refuses what is longer than a name or a path before it is compared.
private func requireShort(
  _ texts: [String], _ limit: Int, line: Int
) throws(AnnotationError) {
  guard let long = texts.first(where: { $0.utf8.count > limit }) else { return }
  throw .badCSV(
    line: line, what: "a name has \(long.utf8.count) bytes, the limit is \(limit)",
    hint: "check that the columns are 'path', 'labels' and perhaps 'caption'")
}

/// A cell other than 0 and 1 in a column that was taken for a class. Most often the column of the
/// labels has another name than `labels`.
private func neitherZeroNorOne(_ cell: String, line: Int, _ header: [String]) -> AnnotationError {
  .badCSV(
    line: line, what: "\(printable(cell)) is neither 0 nor 1",
    hint: "there is no column 'labels' (the header has: \(shown(header))), so each column was "
      + "taken for a class of 0 and 1")
}

/// The names of a header's columns, as many as a line of a message holds.
private func shown(_ header: [String]) -> String {
  let names = header.prefix(8).map { printable($0) }.joined(separator: ", ")
  return header.count > 8 ? "\(names) and \(header.count - 8) more" : names
}

/// Refuses labels that may be one name or several: words or commas, and no semicolon in the table.
/// `red bus` may be one class or two, and nobody would notice a wrong guess.
///
/// Numbers are separate. With given classes only a cell that is the name of one of them is in doubt.
private func requireClearLabels(
  _ rows: [(line: Int, labels: String)], classNames: [String]?
) throws(AnnotationError) {
  let given = classNames.map(index(of:))
  for (line, labels) in rows {
    guard given != nil || !labels.utf8.contains(UInt8(ascii: ",")) else {
      let names = labels.parts(between: ",").map(trimmed)
      throw .ambiguousLabels(
        line: line, found: labels,
        suggestion: "separate names with semicolons, \(printable(names.joined(separator: ";")))")
    }
    let words = labels.words
    let name = words.joined(separator: " ")
    guard words.count > 1, words.contains(where: { Int($0) == nil }),
      given.map({ $0[name] != nil }) ?? true
    else { continue }
    throw .ambiguousLabels(
      line: line, found: name,
      suggestion: "write \(printable("\(name);")) if it is one name, "
        + "\(printable(words.joined(separator: ";"))) if "
        + (words.count == 2 ? "it is two" : "each word is one"))
  }
}

/// Refuses a name that joins a class of the table with something else: `dog, cat` beside `dog`.
///
/// Names with commas whose parts are no classes stay: WordNet's are of this kind.
private func requireNoJoinedClasses(_ rows: [(line: Int, names: [String])]) throws(AnnotationError)
{
  let classes = Set(rows.flatMap(\.names).map(spaced))
  for (line, names) in rows {
    for name in names {
      let parts = name.parts(between: "|", ",").map(trimmed).filter { !$0.isEmpty }
      guard parts.count > 1, parts.contains(where: { classes.contains(spaced($0)) }) else {
        continue
      }
      throw .ambiguousLabels(
        line: line, found: name,
        suggestion:
          "write \(printable(parts.joined(separator: ";"))); if it is one class, name the "
          + "classes")
    }
  }
}

/// A table, its failures as those of annotations.
private func csvTable(_ bytes: UnsafeRawBufferPointer) throws(AnnotationError) -> CSVTable {
  do {
    return try CSVTable(bytes)
  } catch {
    switch error {
    case .malformed(let line, let what, let hint):
      throw .badCSV(line: line, what: what, hint: hint)
    case .tooMany(let limit): throw .tooMany(limit: limit)
    }
  }
}
