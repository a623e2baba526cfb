// KnownDataset - a data set that has a name, as a value, and the list of all.
// SPDX-License-Identifier: Apache-2.0

/// A data set known by its name; declared in a file of its own and entered in ``all``.
package struct KnownDataset: Named {
  /// What files and command lines call it.
  package let name: String
  /// What its files' names begin with, and the folder of its lists in the authors' repository.
  package let word: String
  /// Its list files, in the authors' layout.
  package let spec: DatasetSpec
  /// The folder of its pictures, beside the lists.
  package let pictures: String
  /// Its classes in the order of their labels, where annotations may be asked for them by `word`.
  package let classNames: [String]?
  /// What was published of it; nil for a data set of this program's own.
  package let files: PublishedFiles?
  /// The weights that lie beside the lists; nil where they are to be named.
  package let weights: String?
  /// What a page of its results has to say first.
  package let notice: String?

  /// A data set by its names, its files and what comes with it.
  ///
  /// - Parameters:
  ///   - name: what files and command lines call it.
  ///   - word: what its files' names begin with.
  ///   - pictures: the folder of its pictures.
  ///   - classNames: its classes.
  ///   - weights: the weights beside the lists.
  ///   - notice: what a page says first.
  ///   - files: makes what was published, given the list files.
  init(
    _ name: String, word: String, pictures: String, classNames: [String]? = nil,
    weights: String? = nil, notice: String? = nil,
    files: (DatasetSpec) -> PublishedFiles? = { _ in nil }
  ) {
    (self.name, self.word, self.pictures, self.classNames) = (name, word, pictures, classNames)
    (self.weights, self.notice) = (weights, notice)
    spec = DatasetSpec(
      name: name, train: "\(word)_lt_train.txt", test: "\(word)_lt_test.txt",
      captions: "\(word)_lt_captions.txt", labels: "\(word)_labels.txt")
    self.files = files(spec)
  }

  /// Every data set that has a name.
  package static let all: [KnownDataset] = [
    .vocLT, .cocoLT, .mini,
  ]

  /// The names of all, for a sentence.
  package static var names: String { all.map(\.name).joined(separator: ", ") }

  /// Those that were published. The declared values of the options are the first one's.
  package static let published = all.filter { $0.files != nil }

  /// The drawn pictures that come with the program, with a small CLIP.
  package static let mini = KnownDataset(
    "mini", word: "mini", pictures: "images", weights: "clip.safetensors",
    notice:
      "A demonstration on drawn pictures with a small CLIP; no evidence about VOC-LT or COCO-LT.")
}
