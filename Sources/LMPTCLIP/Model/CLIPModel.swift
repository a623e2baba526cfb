// CLIPModel - both towers and the scale, loaded from any supported file.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTTensors
import LMPTWeights

/// A CLIP model with frozen parameters (arXiv 2103.00020).
///
/// ```swift
/// let model = try CLIPModel.load(path: "ViT-B-16.pt")
/// let f = model.encode([try RGBImage(path: "dog.jpg")])  // [1, E]
/// let g = try model.encode(["a dog", "a cat"])           // [2, E]
/// ```
public struct CLIPModel: Sendable {
  /// The sizes, read from the tensors' shapes.
  public let architecture: Architecture
  /// The nonlinearity of both towers.
  public let activation: Activation
  /// How the activation is known.
  package let activationOrigin: Activation.Origin
  /// The image tower.
  public let visual: ImageEncoder
  /// The text tower.
  public let text: TextTransformer
  /// s = exp(logit_scale), the factor of cosine similarities; 100 in OpenAI's models.
  public let logitScale: Float
  /// How a picture becomes the image tower's input.
  ///
  /// CLIP's recipe, with which weights are published; set it for weights that were trained with
  /// another one, as `RunData` and `TunedRun` do.
  public var preprocessing = Preprocessing.clip
  /// The tensors that the model was built from.
  package let tensors: ModelTensors
  /// Why words cannot be tokenised for this model, if they cannot.
  private let wordsRefusal: ModelError?

  /// Builds the model that a file's tensors describe.
  ///
  /// - Parameters:
  ///   - file: tensors under OpenAI's, OpenCLIP's or Hugging Face's names.
  ///   - activation: the nonlinearity, if the caller knows it.
  /// - Returns: the model.
  /// - Throws: `ModelError` naming the tensor and both shapes.
  public static func load(
    _ file: WeightFile, activation: Activation? = nil
  ) throws -> CLIPModel {
    try CLIPModel(file, activation: activation, configuration: nil)
  }

  /// Builds the model of a file that is open already; the configurations beside it are read.
  ///
  /// - Parameters:
  ///   - file: the tensors.
  ///   - path: where the file lies.
  ///   - activation: the nonlinearity, if the caller knows it.
  /// - Returns: the model.
  /// - Throws: `FileError` around `ModelError`.
  public static func load(
    _ file: WeightFile, path: String, activation: Activation? = nil
  ) throws -> CLIPModel {
    try inFile(path) {
      try namingShards(path) { () throws(ModelError) in
        try CLIPModel(
          file, activation: activation, configuration: ModelConfiguration(beside: path))
      }
    }
  }

  /// Opens a file and builds its model; configurations beside it are read for the activation, and
  /// for parts that are not computed here.
  ///
  /// - Parameters:
  ///   - path: a `.pt` archive, a `.safetensors` file or its `.index.json`.
  ///   - activation: the nonlinearity, if the caller knows it.
  /// - Returns: the model.
  /// - Throws: `FileError` around the reader's error or `ModelError`.
  public static func load(path: String, activation: Activation? = nil) throws -> CLIPModel {
    try load(try WeightFile.read(path), path: path, activation: activation)
  }

  private init(
    _ file: WeightFile, activation: Activation?, configuration: ModelConfiguration?
  ) throws(ModelError) {
    let tensors = try ModelTensors(file)
    try tensors.expectNoForeignPart(.both)
    let architecture = try Architecture(tensors)
    try StatedDifference.images.check(file)
    try StatedDifference.texts.check(file)
    try configuration?.expect(architecture.image)
    try configuration?.expect(architecture.text)
    wordsRefusal = CLIPModel.wordsRefusal(file, architecture.text, configuration)
    (self.activation, activationOrigin) = try Activation.evidence(
      activation, file, configuration: configuration)
    visual = try ImageEncoder(tensors, architecture.image, activation: self.activation)
    text = try TextTransformer(tensors, architecture.text, activation: self.activation)
    logitScale = try tensors.logitScale()
    self.architecture = architecture
    self.tensors = tensors
    try tensors.expectOnly(architecture)
  }

  /// The features of images, unnormalised.
  ///
  /// - Parameter input: preprocessed pixels, shape [N, 3, S, S].
  /// - Returns: shape [N, E].
  public func encode(pixels input: Tensor) -> Tensor { visual(input) }

  /// The features of texts, unnormalised, read at the first position of each text's largest id.
  ///
  /// - Parameter tokens: ids of each text from start to end of text, padded or not; each inside
  ///   the vocabulary (`check(_:)`).
  /// - Returns: shape [N, E].
  public func encode(tokens: [[Int32]]) -> Tensor { text(tokens) }

  /// Throws unless CLIP's tokenizer is the model's: ids of another vocabulary would be other words.
  ///
  /// A vocabulary of CLIP's 49,408 entries is taken for CLIP's. A model whose table has another
  /// length, padded or made for a test, may say in its metadata, `vocabulary: clip`, that its first
  /// rows are CLIP's.
  ///
  /// - Throws: `ModelError.vocabulary`, `.tokenizer`, or `.token` when CLIP's last ids have no row.
  package func checkVocabulary() throws(ModelError) {
    if let wordsRefusal { throw wordsRefusal }
    try check([[Tokenizer.endOfText]])
  }

  /// A hash over the names, formats, shapes and bytes of the model's tensors, and its activation.
  ///
  /// 64 hexadecimal digits; equal for equal weights under equal names. It finds changes, and is no
  /// protection against malice.
  public var fingerprint: String { tensors.fingerprint(activation) }

  private static func wordsRefusal(
    _ file: WeightFile, _ text: TextArchitecture, _ configuration: ModelConfiguration?
  ) -> ModelError? {
    do throws(ModelError) {
      try StatedDifference.words.check(file)
      try configuration?.expectTokenizer()
    } catch {
      return error
    }
    guard
      text.vocabulary == TextArchitecture.vocabularyOfTokenizer
        || file.metadata["vocabulary"] == "clip"
    else {
      return .vocabulary(found: text.vocabulary)
    }
    return nil
  }

  /// Checks ids that come from outside against the vocabulary.
  ///
  /// - Throws: `ModelError.token`.
  package func check(_ tokens: [[Int32]]) throws(ModelError) {
    for id in tokens.joined() where id < 0 || Int(id) >= architecture.vocabulary {
      throw .token(id: Int(id), vocabulary: architecture.vocabulary)
    }
  }
}

extension ModelTensors {
  /// exp(logit_scale), which files store with shape [] or [1].
  func logitScale() throws(ModelError) -> Float {
    let found = try shape("logit_scale")
    guard found == [] || found == [1] else {
      throw .shape(name: "logit_scale", found: found, expected: [])
    }
    return exp(try tensor("logit_scale", found)).item
  }

  /// Refuses tensors that would change the features but that no tower has read.
  func expectOnly(_ architecture: Architecture) throws(ModelError) {
    let known = Set(CanonicalNames.all(architecture))
    for name in names where !known.contains(name) {
      throw .unexpected(name: fileName(name), layout: layout)
    }
  }
}
