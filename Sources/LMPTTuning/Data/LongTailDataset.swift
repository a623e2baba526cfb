// LongTailDataset - the lists of one data set: which files, which classes, how many of each.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics
import LMPTTensors

/// Where the files of a data set stand, relative to its folder.
public struct DatasetSpec: Sendable, Equatable {
  /// The name given on the command line.
  public let name: String
  /// The training list.
  public let train: String
  /// The test list.
  public let test: String
  /// The captions of the training images, in the published format, COCO's (`.json`) or a table
  /// (`.csv`); nil when the data set has none.
  public let captions: String?
  /// The class names.
  public let labels: String
  /// Where head, medium and tail begin.
  public let groups: GroupLimits

  /// A data set described by its files.
  public init(
    name: String, train: String, test: String, captions: String?, labels: String,
    groups: GroupLimits = .published
  ) {
    self.name = name
    self.train = train
    self.test = test
    self.captions = captions
    self.labels = labels
    self.groups = groups
  }

  /// A known data set, or the one that a JSON file describes.
  ///
  /// The file: `{"name": …, "train": …, "test": …, "labels": …, "captions": …}`, paths relative to
  /// the data folder, `captions` optional; `"groups": [100, 20]` says where head and medium begin.
  ///
  /// - Throws: `SpecError` for an unknown name; `FileError` around `SpecError` or `JSONError` for a
  ///   file that is no description.
  public static func named(_ name: String) throws -> DatasetSpec {
    if let known = KnownDataset.named(name) { return known.spec }
    guard name.hasSuffix(".json") else { throw SpecError.unknownName(name) }
    return try inFile(name) {
      let json = try JSON.read(name)
      func field(_ key: String) throws -> String {
        guard let text = json[key]?.string else { throw SpecError.missingField(key) }
        return text
      }
      return DatasetSpec(
        name: try field("name"), train: try field("train"), test: try field("test"),
        captions: json["captions"]?.string, labels: try field("labels"),
        groups: try json["groups"].map(groups) ?? .published)
    }
  }

  /// Two numbers, the first the larger: the least that a head class has, and a medium class.
  private static func groups(_ json: JSON) throws(SpecError) -> GroupLimits {
    guard let pair = json.array, pair.count == 2, let head = pair[0].int,
      let medium = pair[1].int, medium >= 0, head >= medium
    else { throw .badGroups }
    return GroupLimits(head: head, medium: medium)
  }
}

/// What can be wrong with the description of a data set.
package enum SpecError: DiagnosticError, Equatable {
  /// Neither a known name nor a JSON file.
  case unknownName(String)
  /// A field of the JSON file is missing or no text.
  case missingField(String)
  /// The limits of the groups are not two numbers, the first the larger.
  case badGroups

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .unknownName(let name):
      Diagnostic(
        "usage.unknown-dataset", "there is no data set '\(name)'",
        hint: "use \(KnownDataset.names), or a description that ends in .json", kind: .usage)
    case .missingField(let key):
      Diagnostic(
        "dataset.missing-field", "the description has no text field '\(key)'",
        hint: "it needs name, train, test and labels, and may have captions")
    case .badGroups:
      Diagnostic(
        "dataset.bad-groups", "'groups' is not two whole numbers, the first the larger",
        hint: "write \"groups\": [100, 20], or leave it out")
    }
  }
}

/// A long-tailed multi-label data set: its lists, classes and training counts.
public struct LongTailDataset: Sendable {
  /// Which files it came from.
  public let spec: DatasetSpec
  /// The folder that paths are relative to.
  public let root: String
  /// Class names, spaces for underscores.
  public let classNames: [String]
  /// The training images.
  public let train: [ListedImage]
  /// The test images.
  public let test: [ListedImage]
  /// One caption per training image, in the same order; nil when the data set has none.
  public let captions: [String]?
  /// Training images per class, n_i.
  public let counts: [Int]

  /// Reads the lists of a data set; no image is opened.
  ///
  /// - Parameters:
  ///   - spec: which files.
  ///   - root: the folder with the lists, beside `VOCdevkit` or `train2017`.
  ///   - limits: caps on line lengths and counts.
  /// - Throws: a `FileError` that names the list and the line.
  public init(_ spec: DatasetSpec, root: String, limits: Limits = .default) throws {
    func parse<Result>(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws
      -> Result
    {
      let path = root.hasSuffix("/") ? root + name : "\(root)/\(name)"
      let file = try FileBytes(path: path)
      return try inFile(path) { try file.withBytes(body) }
    }
    let names = try parse(spec.labels) { try parseClassNames($0, limits: limits) }
    let train = try parse(spec.train) {
      try parseImageList($0, classes: names.count, limits: limits)
    }
    let test = try parse(spec.test) {
      try parseImageList($0, classes: names.count, limits: limits)
    }
    let captions = try spec.captions.map { name in
      guard AnnotationFormat.named(name.fileExtension)?.captions != nil else {
        return try parse(name) { try parseCaptions($0, images: train, limits: limits) }
      }
      let source = try CaptionSource(path: "\(root)/\(name)")
      return try inFile("\(root)/\(name)") { try source.captions(for: train) }
    }
    self.init(
      spec, root: root, classNames: names, train: train, test: test, captions: captions)
  }

  /// A data set of lists that are already read.
  public init(
    _ spec: DatasetSpec, root: String, classNames: [String], train: [ListedImage],
    test: [ListedImage], captions: [String]?
  ) {
    self.spec = spec
    self.root = root
    self.classNames = classNames
    self.train = train
    self.test = test
    self.captions = captions
    counts = classCounts(train, classes: classNames.count)
  }

  /// The data set without some of its images, by their indices; counts are counted again.
  func without(train bad: [Int], test badTest: [Int]) -> LongTailDataset {
    guard !bad.isEmpty || !badTest.isEmpty else { return self }
    let (bad, badTest) = (Set(bad), Set(badTest))
    let kept = train.indices.filter { !bad.contains($0) }
    return LongTailDataset(
      spec, root: root, classNames: classNames, train: kept.map { train[$0] },
      test: test.indices.filter { !badTest.contains($0) }.map { test[$0] },
      captions: captions.map { captions in kept.map { captions[$0] } })
  }

  /// How many classes each group has, in the order of the groups.
  package var groupSizes: [(group: ClassGroup, classes: Int)] {
    ClassGroup.allCases.map { group in (group, groups.count { $0 == group }) }
  }

  /// The group of each class.
  public var groups: [ClassGroup] {
    counts.map { ClassGroup(count: Double($0), limits: spec.groups) }
  }

  /// Throws when a path of a list is absolute, climbs with `..`, or leads out of the data folder
  /// through a symbolic link.
  package func requirePathsInside() throws {
    for (name, images) in [(spec.train, train), (spec.test, test)] {
      if let index = images.firstIndex(where: { !isInside($0.path, root: root) }) {
        throw FileError(
          file: "\(root)/\(name)",
          cause: DatasetError.pathOutsideRoot(line: index + 1, path: images[index].path))
      }
    }
  }

  /// Throws `FileError` naming the training list when a class has no image there; E4, E5 and E7
  /// divide by the count.
  package func requireEveryClass() throws {
    if let empty = counts.firstIndex(of: 0) {
      throw FileError(
        file: "\(root)/\(spec.train)",
        cause: DatasetError.emptyClass(index: empty, name: classNames[empty]))
    }
  }

  /// Classes that no test image shows; their AP is 0 whatever is predicted.
  package var classesWithoutTestImages: [Int] {
    classCounts(test, classes: classNames.count).enumerated().filter { $1 == 0 }.map(\.offset)
  }

  /// Multi-hot labels of some images, shape [N, C].
  public func multiHot(_ images: [ListedImage]) -> Tensor {
    var labels = [Float](repeating: 0, count: images.count * classNames.count)
    for (row, image) in images.enumerated() {
      for label in image.labels { labels[row * classNames.count + label] = 1 }
    }
    return Tensor(labels, shape: [images.count, classNames.count])
  }
}
