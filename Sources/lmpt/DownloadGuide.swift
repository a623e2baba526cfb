// DownloadGuide - what to download for a data set, and where it goes; nothing is fetched.
// SPDX-License-Identifier: Apache-2.0

import PromptTuning

enum DownloadGuide {
  /// What a data folder needs, with addresses and the commands that put everything in its place.
  static func text(_ spec: DatasetSpec, root: String) -> String {
    guard let files = PublishedFiles.of(spec.name) else {
      let captions = spec.captions.map { ", \($0)" } ?? ""
      return "\(spec.name) needs \(spec.train), \(spec.test), \(spec.labels)\(captions) and the "
        + "images that the lists name, under \(root)"
    }
    var text = "\nWhat \(spec.name) needs under \(root):\n"
    for (name, _) in files.lists { text += "  \(root)/\(name)\n" }
    text += "      from \(files.listAddress)\n"
    for archive in files.archives {
      text += "  \(root)/\(archive.folder)\n      from \(archive.address) (\(archive.size))\n"
      let name = archive.address.split(separator: "/").last.map(String.init) ?? ""
      let unpack = name.hasSuffix(".tar") ? "tar -xf \(name) -C" : "unzip -q \(name) -d"
      text += "      \(unpack) \(root)\n"
    }
    let folders = Set(files.archives.map { String($0.folder.split(separator: "/")[0]) })
    for folder in folders.sorted() {
      for found in DatasetAudit.nearby(root, holding: folder) {
        text += "  found \(found)/\(folder): move it to \(root)/\(folder), or link it there\n"
      }
    }
    return text + "Then: lmpt data check --dataset \(spec.name) --data \(root)"
  }
}
