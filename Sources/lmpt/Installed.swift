// Installed - where the files that come with the program are.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation

/// The files that come with the program: the mini benchmark and the fixtures of `selftest`.
enum Installed {
  /// The `Fixtures` folder.
  ///
  /// LMPT_FIXTURES, or the first `Fixtures` found upwards from the working directory, or upwards
  /// from the program.
  static func fixtures() throws -> String {
    if let folder = ProcessInfo.processInfo.environment["LMPT_FIXTURES"], !folder.isEmpty {
      // Whole, because run folders keep it and are opened from anywhere.
      let path = URL(fileURLWithPath: folder).path
      guard FileManager.default.fileExists(atPath: "\(path)/mini") else {
        throw FileError(file: path, cause: InstalledError.notFixtures)
      }
      return path
    }
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let resolved = linked.map { URL(fileURLWithPath: $0) } ?? program
    for start in [
      URL(fileURLWithPath: FileManager.default.currentDirectoryPath),
      resolved.deletingLastPathComponent(),
    ] {
      var folder = start
      while true {
        let candidate = folder.appendingPathComponent("Fixtures")
        let mini = candidate.appendingPathComponent("mini")
        if FileManager.default.fileExists(atPath: mini.path) { return candidate.path }
        let parent = folder.deletingLastPathComponent()
        if parent.path == folder.path { break }
        folder = parent
      }
    }
    throw InstalledError.noFixtures
  }
}

/// A file that comes with the program was not found.
enum InstalledError: DiagnosticError {
  case noFixtures
  case notFixtures

  var code: String {
    switch self {
    case .noFixtures: "installed.no-fixtures"
    case .notFixtures: "installed.not-fixtures"
    }
  }
  var message: String {
    switch self {
    case .noFixtures: "the folder Fixtures of this program was not found"
    case .notFixtures: "LMPT_FIXTURES names a folder without the mini benchmark"
    }
  }
  var hint: String {
    switch self {
    case .noFixtures: "run inside the checkout, or set LMPT_FIXTURES to its Fixtures folder"
    case .notFixtures: "set it to the folder Fixtures of the checkout, or leave it unset"
    }
  }
}
