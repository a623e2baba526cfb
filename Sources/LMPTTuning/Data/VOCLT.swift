// VOCLT - the paper's smaller data set: Pascal VOC with a long tail.
// SPDX-License-Identifier: Apache-2.0

extension KnownDataset {
  /// VOC-LT: 1,142 training images of 2012, the test images of 2007.
  package static let vocLT = KnownDataset(
    "voc-lt", word: "voc", pictures: "VOCdevkit", classNames: ClassNames.voc
  ) { spec in
    let address = "https://thor.robots.ox.ac.uk/pascal/VOC"
    return PublishedFiles(
      spec,
      sha256: (
        train: "2111a5e58ae8b67a112a2b2c8aa98fe8fa926ac3e1d73e2e4e0e4844c90cc047",
        test: "43b2929a86e9fe685cdf3b6b72fb90b6838ff9f9f427807e8b9502111e73750a",
        captions: "a986c2d493d4258aa470fe0b48b66b12c1ec338e4341dda3fb4c46ef9865f273",
        labels: "59e82ce7a1fa096b8a80c22cc72e6c86e54c598b2e1cfe08a211f1c82a0dcb2c"
      ), listFolder: "voc",
      archives: [
        .init(
          folder: "VOCdevkit/VOC2012", address: "\(address)/voc2012/VOCtrainval_11-May-2012.tar",
          size: "2 GB"),
        .init(
          folder: "VOCdevkit/VOC2007", address: "\(address)/voc2007/VOCtest_06-Nov-2007.tar",
          size: "0.5 GB"),
      ])
  }
}
