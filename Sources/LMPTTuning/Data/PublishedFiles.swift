// PublishedFiles - what a published data set is made of: files, addresses, checksums.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The published files of a data set; nothing is fetched here.
package struct PublishedFiles: Sendable {
  /// SHA-256 of each list file of the authors' repository, by name.
  package let lists: [(name: String, sha256: String)]
  /// The folder of the lists in the authors' repository.
  package let listAddress: String
  /// The archives with the pictures.
  package let archives: [Archive]

  /// One archive and what the data folder needs of it.
  package struct Archive: Sendable {
    /// The folder that it leaves under the data folder.
    package let folder: String
    /// Where it is.
    package let address: String
    /// About how large it is.
    package let size: String
  }

  /// The published files of a data set.
  ///
  /// - Parameters:
  ///   - spec: the names of its list files.
  ///   - sha256: the checksum of each.
  ///   - listFolder: their folder in the authors' repository.
  ///   - archives: the archives with the pictures.
  init(
    _ spec: DatasetSpec,
    sha256: (train: String, test: String, captions: String, labels: String),
    listFolder: String, archives: [Archive]
  ) {
    var lists = [(name: spec.train, sha256: sha256.train), (spec.test, sha256.test)]
    if let captions = spec.captions { lists.append((captions, sha256.captions)) }
    self.lists = lists + [(spec.labels, sha256.labels)]
    listAddress = "https://github.com/richard-peng-xia/LMPT/tree/HEAD/data/\(listFolder)"
    self.archives = archives
  }

  /// Which list files of a folder are byte for byte the published ones.
  ///
  /// - Parameter root: the folder with the lists.
  /// - Returns: for each list, nil when it is not there.
  package func matches(in root: String) -> [(name: String, isPublished: Bool?)] {
    lists.map { name, sha256 in
      guard let file = try? FileBytes(path: "\(root)/\(name)") else { return (name, nil) }
      return (name, file.withBytes { SHA256.hexDigest($0) } == sha256)
    }
  }
}
