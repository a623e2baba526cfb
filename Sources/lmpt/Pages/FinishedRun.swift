// FinishedRun - a run as its folder tells it: the page's numbers, and its settings.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTReports

/// A run as its folder tells it: the page's numbers, and the configuration they belong to.
struct FinishedRun {
  let report: Report
  /// `config.json`; nil for the folder of a whole comparison.
  let configuration: JSON?
  /// The folder, or how the run is called.
  let name: String

  /// Reads the report of a run folder.
  ///
  /// - Throws: `FileError` around `RunError.unfinished`, or what is wrong with the files. A folder
  ///   with nothing but a report in it is no run, and is read as it is.
  init(_ folder: String) throws {
    name = folder
    let settings = "\(folder)/config.json"
    let isRun = FileManager.default.fileExists(atPath: settings)
    if isRun, try !isFinished(folder) {
      throw FileError(
        file: folder, cause: RunError.unfinished(folder: folder))
    }
    let path = "\(folder)/report.json"
    report = try inFile(path) { try Report.parse(JSON.read(path)) }
    configuration = isRun ? try JSON.read(settings) : nil
  }

  init(_ report: Report, configuration: [(key: String, value: JSON)]) {
    (self.report, name) = (report, report.methods.last ?? report.title)
    self.configuration = .object(configuration)
  }

  /// Whether the configuration has the options of a run, and so a seed.
  var isRun: Bool { configuration?["seed"] != nil && report.methods.count > 0 }

  /// The data set: its name, and the first digits of its lists' checksum.
  var dataset: String {
    let lists = configuration?["lists_sha256"]?.string.map { " (lists \($0.prefix(8)))" } ?? ""
    return (report.dataset?.name ?? "no data set") + lists
  }

  /// A setting as a table shows it: of a path the last part, of a checksum the first digits.
  func value(_ key: String) -> String? {
    guard let value = configuration?[key], !value.isNull else { return nil }
    guard let text = value.string else { return value.text() }
    if ["data", "weights", "dataset"].contains(key) { return text.fileName }
    let isChecksum = text.count == 64 && text.allSatisfy(\.isHexDigit)
    return isChecksum ? String(text.prefix(8)) : text
  }

  /// The configuration without some of its members, to see what differs only in those.
  func settings(without keys: Set<String>) -> String {
    guard let configuration, case .object(let object) = configuration else { return "" }
    let left = keys.union(["access"])  // decides no number
    return object.members.filter { !left.contains($0.key) }.map { "\($0.key)=\($0.value.text())" }
      .joined(separator: "\n")
  }
}
