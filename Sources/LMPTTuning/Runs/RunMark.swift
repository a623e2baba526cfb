// RunMark - the mark of a finished run: everything that later commands read, with checksums.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// `finished.json` of a run folder.
///
/// It is written last, after the options, the metrics, what was learned and the scores, and names
/// each with its SHA-256. Without it a run is not finished, whatever else is there; with it, a bit
/// that was flipped in one of these files is told instead of computed with. Logs and the page are
/// not under it: nothing reads them again.
package enum RunMark {
  /// What a folder's mark says.
  package enum State: Sendable {
    /// Every file is as it was when the run finished.
    case sealed
    /// A run of a version without marks that has its metrics: nothing of it can be checked.
    case unsealed
    /// There is no mark.
    case unfinished
  }

  /// Its name in the folder.
  package static let name = "finished.json"
  /// The last version that wrote no marks.
  private static let unmarked = "0.1.0"

  /// Takes the mark away before a finished run's files are written again.
  package static func remove(from folder: String) { removeFile("\(folder)/\(name)") }

  /// Marks a run as finished.
  ///
  /// - Parameters:
  ///   - names: the files that the run consists of.
  ///   - folder: the run folder.
  /// - Throws: `FileError` naming a file that is not there or cannot be written.
  package static func write(_ names: [String], in folder: String) throws {
    let sums = try names.map { (key: $0, value: JSON.string(try sum("\(folder)/\($0)"))) }
    let mark = JSON.object([
      ("schema", 1), ("program", .string("lmpt \(programVersion)")), ("files", .object(sums)),
    ])
    try AtomicFile.write(mark.text(pretty: true) + "\n", to: "\(folder)/\(name)")
  }

  /// Whether a folder holds a finished run, whose files are as they were when it finished.
  ///
  /// - Parameter folder: the run folder.
  /// - Returns: what can be said of it.
  /// - Throws: `FileError` around `RunMarkError.changed` with the first file that is not as it was.
  package static func state(of folder: String) throws -> State {
    let path = "\(folder)/\(name)"
    guard fileSize(path) != nil else {
      guard fileSize("\(folder)/metrics.json") != nil,
        try JSON.read("\(folder)/environment.json")["version"]?.string == unmarked
      else { return .unfinished }
      return .unsealed
    }
    guard case .object(let files)? = try JSON.read(path)["files"], !files.members.isEmpty else {
      throw FileError(file: path, cause: RunMarkError.changed)
    }
    for member in files.members {
      // safety: a name with a slash could lead to another folder.
      guard !member.key.utf8.contains(UInt8(ascii: "/")) else {
        throw FileError(file: path, cause: RunMarkError.changed)
      }
      let file = "\(folder)/\(member.key)"
      guard let recorded = member.value.string, try sum(file) == recorded else {
        throw FileError(file: file, cause: RunMarkError.changed)
      }
    }
    return .sealed
  }

  private static func sum(_ path: String) throws -> String {
    try FileBytes(path: path).withBytes { SHA256.hexDigest($0) }
  }
}

/// A file of a finished run is not what it was.
package enum RunMarkError: DiagnosticError {
  /// The contents have another checksum than the mark records.
  case changed

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .changed:
      Diagnostic(
        "run.changed", "the file is not what it was when the run finished (finished.json)",
        hint:
          "bring it back from a copy, or let the run write it again from the checkpoint"
      )
    }
  }
}
