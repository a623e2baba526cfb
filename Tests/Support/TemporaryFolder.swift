// TemporaryFolder - a folder for what a test writes, and the code of the error that it provokes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// A folder that is removed with the value.
package final class TemporaryFolder: Sendable {
  /// Where it lies.
  package let path: String

  /// Makes the folder.
  package init() throws {
    path = FileManager.default.temporaryDirectory.path + "/lmpt-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  package func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// The names of the files in the folder, sorted.
  package var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The code of the diagnostic that `body` ends with, what else it threw, or nil.
package func errorCode(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as any DiagnosticError {
    return error.code
  } catch {
    return "\(error)"
  }
}
