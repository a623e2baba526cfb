// PictureFolder - the pictures that paths stand for, where a path may be a folder.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTImaging

/// Pictures that were named one by one or by their folder.
package enum PictureFolder {
  /// The files that these paths stand for.
  ///
  /// A folder stands for the pictures directly in it, in the order of their names. A file is one if
  /// its ending or its first bytes are a picture's, also of a kind that is not read; hidden files are
  /// none.
  ///
  /// - Throws: `FileError` around `ImageError.noneInFolder`.
  package static func pictures(at paths: [String]) throws -> [String] {
    try paths.flatMap { path in
      guard isFolder(path) else { return [path] }
      let stem = path.hasSuffix("/") ? path : path + "/"
      let found = folderEntries(path).filter { !$0.hasPrefix(".") }.sorted()
        .map { stem + $0 }.filter(isPicture)
      guard !found.isEmpty else { throw FileError(file: path, cause: ImageError.noneInFolder) }
      return found
    }
  }

  /// Refuses a file that is not there or does not begin as a picture; nothing is decoded.
  package static func check(_ path: String) throws {
    let head = try FileBytes.head(path, 1024)
    try inFile(path) {
      do {
        _ = try head.withUnsafeBytes { try ImageFormat($0) }
      } catch ImageError.unknownFormat where head.count == 1024 {
        // Some formats have their mark at the end of the file.
        try FileBytes(path: path).withBytes { _ = try ImageFormat($0) }
      }
    }
  }

  private static let endings: Set = ["jpg", "jpeg", "jpe", "png", "ppm", "pgm", "pbm", "pnm"]

  private static func isPicture(_ path: String) -> Bool {
    guard fileSize(path) != nil else { return false }
    guard !endings.contains(path.fileExtension) else { return true }
    do {
      try check(path)
      return true
    } catch {
      if case .unsupportedFormat? = (error as? FileError)?.cause as? ImageError { return true }
      return false
    }
  }
}
