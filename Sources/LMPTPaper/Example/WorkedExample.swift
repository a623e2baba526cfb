// WorkedExample - three classes and two pictures that go through every equation.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTImaging
import LMPTTensors
import LMPTTuning
import LMPTWeights

/// The worked example: real pictures, captions, counts and features of the mini benchmark.
///
/// A head, a medium and a tail class with the counts of the whole training list. Each picture shows
/// nothing but these three, so that its labels lose nothing. The context starts from words: no
/// random number is needed, and a reader can type the prompt.
package struct WorkedExample: Sendable {
  /// A head, a medium and a tail class.
  package static let names = ["person", "dog", "aeroplane"]
  /// An aeroplane with a person, whose caption leaves the person out; and a dog alone.
  package static let paths = ["images/train/000930.jpg", "images/train/000577.jpg"]
  /// The words that the context starts from.
  package static let words = "a photo of a"
  /// What the commands call the file of its arrays.
  package static let file = "example.safetensors"
  /// The same with what the released reading compares.
  package static let releasedFile = "example-released.safetensors"
  /// What E8 takes when E7 has the released factor.
  package static let doubledFile = "example-doubled.safetensors"
  /// The first picture, under a short name.
  package static let picture = "picture.jpg"
  /// What the commands read.
  package static let files = [
    file, releasedFile, doubledFile, picture, RankedExample.scores, RankedExample.labels,
  ]

  /// Where the checkout is.
  package let checkout: String
  /// The embedded model.
  package let model: CLIPModel
  /// The mini benchmark.
  package let dataset: LongTailDataset
  /// Names and counts of the three classes, and N.
  package let classes: TrainingClasses
  /// The captions of the two pictures.
  package let captions: [String]
  /// Labels, shape [B, C].
  package let labels: Tensor
  /// Features of the two pictures, shape [B, E].
  package let images: Tensor
  /// The numbers under the paper's reading.
  package let paper: WorkedNumbers
  /// The numbers under the released reading.
  package let released: WorkedNumbers

  /// Computes the example from the fixtures of a checkout.
  ///
  /// - Throws: what reading the lists, the weights and the pictures throws.
  package init(checkout: String) throws {
    let root = "\(checkout)/Fixtures/mini"
    let dataset = try LongTailDataset(KnownDataset.mini.spec, root: root)
    let weights = "\(root)/clip.safetensors"
    var model = try CLIPModel.load(path: weights)
    model.preprocessing = .lmpt
    let places = try Self.names.map { try Self.index(of: $0, in: dataset.classNames, root) }
    let rows = try Self.paths.map { try Self.index(of: $0, in: dataset.train.map(\.path), root) }
    let texts = dataset.captions ?? []
    classes = TrainingClasses(
      names: Self.names, counts: places.map { dataset.counts[$0] }, images: dataset.train.count)
    captions = rows.map { texts[$0] }
    labels = Tensor(
      rows.flatMap { row in places.map { dataset.train[row].labels.contains($0) ? 1 : 0 } },
      shape: [rows.count, places.count])
    images = model.encode(try rows.map { try RGBImage(path: "\(root)/\(dataset.train[$0].path)") })
    (self.checkout, self.dataset, self.model) = (checkout, dataset, model)
    let inputs = WorkedInputs(
      model: model, classes: classes, captions: captions, labels: labels, images: images)
    paper = try WorkedNumbers(inputs, reading: .paper)
    released = try WorkedNumbers(inputs, reading: .released)
  }

  private static func index(of name: String, in list: [String], _ root: String) throws -> Int {
    guard let place = list.firstIndex(of: name) else {
      throw PaperError.excerpt(name, what: "is not in the lists of \(root)")
    }
    return place
  }

  /// Short names of the two pictures.
  package var pictures: [String] { Self.paths.map { String($0.suffix(10).prefix(6)) } }

  /// The arrays that `lmpt equation` takes, for one reading.
  package func arrays(_ numbers: WorkedNumbers) -> [NamedArray] {
    let named = [
      ("images", images), ("texts", numbers.texts), ("captions", numbers.captions),
      ("prompts", numbers.compared), ("counts", classes.countTensor), ("labels", labels),
      ("distance", numbers.distance), ("logits", numbers.logits),
      ("cls", Tensor([numbers.cls])), ("cse", Tensor([numbers.cse])),
    ]
    return named.map { NamedArray($0.0, $0.1) }
  }

  /// Writes what the commands of the page read into a folder: the arrays of both readings, a picture,
  /// and a ranked list.
  package func write(to folder: String) throws {
    let picture = try FileBytes(path: "\(dataset.root)/\(Self.paths[0])").withBytes { Array($0) }
    try AtomicFile.write(picture, to: "\(folder)/\(Self.picture)")
    try RankedExample.write(to: folder)
    try WeightFile.write(arrays(paper), to: "\(folder)/\(Self.file)")
    try WeightFile.write(arrays(released), to: "\(folder)/\(Self.releasedFile)")
    try WeightFile.write(
      [NamedArray("cls", Tensor([2 * paper.cls])), NamedArray("cse", Tensor([paper.cse]))],
      to: "\(folder)/\(Self.doubledFile)")
  }
}
