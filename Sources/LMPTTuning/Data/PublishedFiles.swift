// PublishedFiles - what VOC-LT and COCO-LT are made of: files, addresses, checksums.
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

  /// The files of a data set by its name; nil for one that nobody published.
  package static func of(_ dataset: String) -> PublishedFiles? {
    switch dataset {
    case "voc-lt": vocLT
    case "coco-lt": cocoLT
    default: nil
    }
  }

  private static let repository = "https://github.com/richard-peng-xia/LMPT/tree/HEAD/data"
  private static let voc = "https://thor.robots.ox.ac.uk/pascal/VOC"
  private static let coco = "http://images.cocodataset.org/zips"

  private static let vocLT = PublishedFiles(
    lists: [
      (
        "voc_lt_train.txt",
        "2111a5e58ae8b67a112a2b2c8aa98fe8fa926ac3e1d73e2e4e0e4844c90cc047"
      ),
      (
        "voc_lt_test.txt",
        "43b2929a86e9fe685cdf3b6b72fb90b6838ff9f9f427807e8b9502111e73750a"
      ),
      (
        "voc_lt_captions.txt",
        "a986c2d493d4258aa470fe0b48b66b12c1ec338e4341dda3fb4c46ef9865f273"
      ),
      (
        "voc_labels.txt",
        "59e82ce7a1fa096b8a80c22cc72e6c86e54c598b2e1cfe08a211f1c82a0dcb2c"
      ),
    ],
    listAddress: "\(repository)/voc",
    archives: [
      Archive(
        folder: "VOCdevkit/VOC2012", address: "\(voc)/voc2012/VOCtrainval_11-May-2012.tar",
        size: "2 GB"),
      Archive(
        folder: "VOCdevkit/VOC2007", address: "\(voc)/voc2007/VOCtest_06-Nov-2007.tar",
        size: "0.5 GB"),
    ])

  private static let cocoLT = PublishedFiles(
    lists: [
      (
        "coco_lt_train.txt",
        "8e0c354ae2214d7ced46f4a5ae24236149296be4dcd2df74f00eba2abe6be0ce"
      ),
      (
        "coco_lt_test.txt",
        "4dda722463b0ed3aada172ce1c75f46f1391e4d2bee7643760549f916a8022e5"
      ),
      (
        "coco_lt_captions.txt",
        "4bcc3de5c20e3561f6bbe90188c00cea3adf1eab58245f761e4fd9b93319fecd"
      ),
      (
        "coco_labels.txt",
        "a16d52dc65d8bc2b7abe5875199d802e951b7af142b327f8c85b496116a87f45"
      ),
    ],
    listAddress: "\(repository)/coco",
    archives: [
      Archive(folder: "train2017", address: "\(coco)/train2017.zip", size: "19 GB"),
      Archive(folder: "val2017", address: "\(coco)/val2017.zip", size: "1 GB"),
    ])

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
