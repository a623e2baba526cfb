// DownloadGuide - what to download for a data set, and where it goes; nothing is fetched.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTuning

enum DownloadGuide {
  /// What a data folder still needs, with addresses and the commands that put it in its place.
  ///
  /// - Parameters:
  ///   - spec: the data set.
  ///   - root: its folder, which may not be there.
  ///   - missing: pictures of the lists that are not there.
  /// - Returns: lines without the last line's end.
  static func text(_ spec: DatasetSpec, root: String, missing: [String] = []) -> String {
    guard let files = KnownDataset.named(spec.name)?.files else {
      let captions = spec.captions.map { ", \($0)" } ?? ""
      return "\(spec.name) needs \(spec.train), \(spec.test), \(spec.labels)\(captions) and the "
        + "images that the lists name, under \(root)"
    }
    func isThere(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: "\(root)/\(name)")
    }
    var text = "\nWhat \(spec.name) still needs under \(root):\n"
    let lists = files.lists.map(\.name).filter { !isThere($0) }
    for name in lists { text += "  \(root)/\(name)\n" }
    if !lists.isEmpty { text += "      from \(files.listAddress)\n" }
    let archives = files.archives.filter { archive in
      !isThere(archive.folder) || missing.contains { $0.hasPrefix(archive.folder + "/") }
    }
    for archive in archives {
      text += "  \(root)/\(archive.folder)\n      from \(archive.address) (\(archive.size))\n"
      let name = archive.address.split(separator: "/").last.map(String.init) ?? ""
      let unpack = name.hasSuffix(".tar") ? "tar -xf \(name) -C" : "unzip -q \(name) -d"
      text += "      \(unpack) \(root)\n"
    }
    let folders = Set(archives.map { String($0.folder.split(separator: "/")[0]) })
    for folder in folders.sorted() {
      for found in DatasetAudit.nearby(root, holding: folder) {
        text += "  found \(found)/\(folder): move it to \(root)/\(folder), or link it there\n"
      }
    }
    return text + "Then check again: lmpt data check --dataset \(spec.name) --data \(root)"
  }
}
