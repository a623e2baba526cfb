// DatasetAudit - whether the files of a data set are there and are pictures.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTImaging

/// What a look at every listed image found; no image is decoded.
package struct DatasetAudit: Sendable, Equatable {
  /// Images of both lists.
  package let images: Int
  /// Listed paths where no file stands, in the order of the lists.
  package let missing: [String]
  /// Listed paths of files that are neither JPEG, PNG nor PNM by their first bytes.
  package let notPictures: [String]
  /// Paths that stand in the training list and in the test list.
  package let inBoth: [String]

  /// Looks at every listed image of a data set.
  package init(_ dataset: LongTailDataset) {
    var missing: [String] = []
    var notPictures: [String] = []
    let listed = dataset.train + dataset.test
    for image in listed {
      let path = "\(dataset.root)/\(image.path)"
      guard let size = fileSize(path) else {
        missing.append(image.path)
        continue
      }
      if size <= 8 || !Self.beginsAsPicture(path) { notPictures.append(image.path) }
    }
    images = listed.count
    self.missing = missing
    self.notPictures = notPictures
    let train = Set(dataset.train.map(\.path))
    inBoth = dataset.test.map(\.path).filter { train.contains($0) }
  }

  /// Why a listed file is no picture, as its decoder says it; the file is read.
  package static func whyNoPicture(_ path: String) -> any DiagnosticError {
    do {
      try FileBytes(path: path).withBytes { _ = try ImageFormat($0) }
      return AnnotationError.notPicture
    } catch let error as FileError {
      return error.cause
    } catch {
      return error as? any DiagnosticError ?? AnnotationError.notPicture
    }
  }

  /// A file that a path means and whose name has other capitals.
  ///
  /// - Parameters:
  ///   - path: a listed path at which no file stands.
  ///   - root: the data folder.
  /// - Returns: the path with the names that the folders have; nil where there is none.
  package static func sameButCapitals(_ path: String, in root: String) -> String? {
    var found: [String] = []
    for part in path.parts(between: "/") {
      let folder = ([root] + found).joined(separator: "/")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let alike = names.sorted().filter { $0.lowercased() == part.lowercased() }
      guard let name = alike.contains(part) || part == ".." ? part : alike.first else { return nil }
      found.append(name)
    }
    let there = found.joined(separator: "/")
    return there.isEmpty || there == path ? nil : there
  }

  private static func beginsAsPicture(_ path: String) -> Bool {
    guard let head = try? FileBytes.head(path, 64) else { return false }
    return head.withUnsafeBytes { (try? ImageFormat($0)) != nil }
  }

  /// Folders near the data folder that hold what its lists name, for a hint.
  ///
  /// - Parameters:
  ///   - root: the data folder.
  ///   - folder: the first part of the listed paths, `VOCdevkit` or `train2017`.
  /// - Returns: folders in, beside and above the data folder that contain `folder`.
  package static func nearby(_ root: String, holding folder: String) -> [String] {
    func subfolders(_ path: String) -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return names.sorted().prefix(100).map { "\(path)/\($0)" }
    }
    let candidates = subfolders(root) + ["\(root)/.."] + subfolders("\(root)/..")
    return candidates.filter {
      var isFolder: ObjCBool = false
      let path = "\($0)/\(folder)"
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue
    }
  }
}
