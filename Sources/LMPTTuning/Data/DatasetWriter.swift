// DatasetWriter - lists, labels, captions and the description of a data set, as `train` reads them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension LongTailDataset {
  /// Writes the data set's files to its folder, in the published formats.
  ///
  /// `path label label ...` per image (a path with spaces in quotation marks), `name index` per class, `path caption` per training image,
  /// and `NAME.json`, the description that `DatasetSpec.named` reads.
  ///
  /// - Parameter tellsGroups: whether the description says where the groups begin even if it is where
  ///   the published ones do.
  /// - Returns: the files written, relative to the folder.
  /// - Throws: `FileError` when a file cannot be written; the new ones before it are removed.
  @discardableResult
  package func write(tellsGroups: Bool = false) throws -> [String] {
    func list(_ images: [ListedImage]) -> String {
      images.map { ([listed($0.path)] + $0.labels.map(String.init)).joined(separator: " ") + "\n" }
        .joined()
    }
    var files = [
      (spec.train, list(train)), (spec.test, list(test)),
      (
        spec.labels,
        classNames.enumerated().map {
          $0.element.parts(between: " ").joined(separator: "_") + " \($0.offset)\n"
        }.joined()
      ),
    ]
    var members: [(key: String, value: JSON)] = [
      ("name", .string(spec.name)), ("train", .string(spec.train)), ("test", .string(spec.test)),
      ("labels", .string(spec.labels)),
    ]
    if let name = spec.captions, let captions {
      files.append((name, zip(train, captions).map { "\(listed($0.path)) \($1)\n" }.joined()))
      members.append(("captions", .string(name)))
    }
    if tellsGroups || spec.groups != .published {
      members.append(
        ("groups", .array([.integer(spec.groups.head), .integer(spec.groups.medium)])))
    }
    files.append(("\(spec.name).json", JSON.object(members).text(pretty: true) + "\n"))
    var made: [String] = []
    do {
      for (name, text) in files {
        let path = "\(root)/\(name)"
        let isNew = fileSize(path) == nil
        try AtomicFile.write(text, to: path)
        if isNew { made.append(path) }
      }
    } catch {
      for path in made { removeFile(path) }
      throw error
    }
    return files.map(\.0)
  }
}
