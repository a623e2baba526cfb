// Installed - where the files that come with the program are.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning

/// The files that come with the program: the mini benchmark and the fixtures of `selftest`.
enum Installed {
  /// The `Fixtures` folder.
  ///
  /// LMPT_FIXTURES; or the first `Fixtures` found upwards from the working directory, as in a
  /// checkout; or `share/lmpt/Fixtures` beside the program's `bin`, as `make install` puts it; or
  /// the first `Fixtures` upwards from the program.
  static func fixtures() throws -> String {
    if let folder = ProcessInfo.processInfo.environment["LMPT_FIXTURES"], !folder.isEmpty {
      // Whole, because run folders keep it and are opened from anywhere.
      let path = URL(fileURLWithPath: folder).path
      guard holdsMini(path) else { throw FileError(file: path, cause: InstalledError.notFixtures) }
      return path
    }
    let bin = program.deletingLastPathComponent()
    let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    let share = bin.deletingLastPathComponent().appendingPathComponent("share/lmpt/Fixtures").path
    if let found = upwards(from: here) ?? (holdsMini(share) ? share : nil) ?? upwards(from: bin) {
      return found
    }
    throw FileError(file: share, cause: InstalledError.noFixtures)
  }

  /// The program's own file, links followed.
  static var program: URL {
    let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return linked.map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: named).resolvingSymlinksInPath()
  }

  /// The program's file as its caller named it, looked up as a shell does.
  private static var named: String {
    let name = CommandWords.all.first ?? ""
    guard !name.contains("/") else { return name }
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    let found = folders.map { "\($0)/\(name)" }
    return found.first(where: FileManager.default.isExecutableFile) ?? name
  }

  private static func holdsMini(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/mini")
  }

  /// The first folder `Fixtures` with the mini benchmark in a folder or one around it.
  private static func upwards(from start: URL) -> String? {
    folder(around: start.path) { holdsMini("\($0)/Fixtures") }.map { "\($0)/Fixtures" }
  }
}

extension KnownDataset {
  /// Where the lists and the weights of a data set are that comes with the program; nil for others.
  func installed() throws -> (root: String, weights: String)? {
    guard let weights else { return nil }
    let root = try Installed.fixtures() + "/\(name)"
    return (root, "\(root)/\(weights)")
  }
}

/// A file that comes with the program was not found.
enum InstalledError: DiagnosticError {
  case noFixtures
  case notFixtures

  /// Code, what is wrong and where, and what to do.
  var diagnostic: Diagnostic {
    switch self {
    case .noFixtures:
      Diagnostic(
        "installed.no-fixtures",
        "the mini benchmark and the fixtures that come with the program are not here",
        hint:
          "install with 'make install' in the checkout, which puts them there; or set LMPT_FIXTURES"
          + " to the checkout's folder Fixtures")
    case .notFixtures:
      Diagnostic(
        "installed.not-fixtures", "LMPT_FIXTURES names a folder without the mini benchmark",
        hint: "set it to the folder Fixtures of the checkout, or leave it unset")
    }
  }
}
