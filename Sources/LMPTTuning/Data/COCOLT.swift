// COCOLT - the paper's larger data set: MS COCO with a long tail.
// SPDX-License-Identifier: Apache-2.0

extension KnownDataset {
  /// COCO-LT: 1,909 training images and 5,000 test images of 2017.
  package static let cocoLT = KnownDataset(
    "coco-lt", word: "coco", pictures: "train2017", classNames: ClassNames.coco
  ) { spec in
    let address = "http://images.cocodataset.org/zips"
    return PublishedFiles(
      spec,
      sha256: (
        train: "8e0c354ae2214d7ced46f4a5ae24236149296be4dcd2df74f00eba2abe6be0ce",
        test: "4dda722463b0ed3aada172ce1c75f46f1391e4d2bee7643760549f916a8022e5",
        captions: "4bcc3de5c20e3561f6bbe90188c00cea3adf1eab58245f761e4fd9b93319fecd",
        labels: "a16d52dc65d8bc2b7abe5875199d802e951b7af142b327f8c85b496116a87f45"
      ), listFolder: "coco",
      archives: [
        .init(folder: "train2017", address: "\(address)/train2017.zip", size: "19 GB"),
        .init(folder: "val2017", address: "\(address)/val2017.zip", size: "1 GB"),
      ])
  }
}
