// CLIPModel - both towers and the scale, loaded from any supported file.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Tensors
import Weights

/// A CLIP model with frozen parameters (arXiv 2103.00020).
///
/// ```swift
/// let model = try CLIPModel.load(path: "ViT-B-16.pt")
/// let f = model.encodeImages(pixels)                  // [N, E]
/// let tokens = try ["a dog", "a cat"].map { try tokenizer.tokenize($0) }
/// let g = model.encodeText(tokens)                    // [2, E]
/// ```
public struct CLIPModel: Sendable {
  /// The sizes, read from the tensors' shapes.
  public let architecture: Architecture
  /// The nonlinearity of both towers.
  public let activation: Activation
  /// How the activation is known.
  public let activationOrigin: Activation.Origin
  /// The image tower.
  public let visual: ImageEncoder
  /// The text tower.
  public let text: TextTransformer
  /// s = exp(logit_scale), the factor of cosine similarities; 100 in OpenAI's models.
  public let logitScale: Float
  /// The tensors that the model was built from.
  public let tensors: ModelTensors

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

  /// Opens a file and builds its model; a configuration beside it is read for the activation.
  ///
  /// - Parameters:
  ///   - path: a `.pt` archive, a `.safetensors` file or its `.index.json`.
  ///   - activation: the nonlinearity, if the caller knows it.
  /// - Returns: the model.
  /// - Throws: `FileError` around the reader's error or `ModelError`.
  public static func load(path: String, activation: Activation? = nil) throws -> CLIPModel {
    let file = try WeightFile.read(path)
    return try inFile(path) {
      try CLIPModel(
        file, activation: activation, configuration: ModelConfiguration(beside: path))
    }
  }

  private init(
    _ file: WeightFile, activation: Activation?, configuration: ModelConfiguration?
  ) throws(ModelError) {
    let tensors = try ModelTensors(file)
    let architecture = try Architecture(tensors)
    try configuration?.expect(architecture.image, architecture.text)
    (self.activation, activationOrigin) = try Activation.evidence(
      activation, file, tensors, configuration: configuration)
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
  public func encodeImages(_ input: Tensor) -> Tensor { visual(input) }

  /// The features of texts, unnormalised, read at the first position of each text's largest id.
  ///
  /// - Parameter tokens: ids of each text from start to end of text, padded or not; each inside
  ///   the vocabulary (`check(_:)`).
  /// - Returns: shape [N, E].
  public func encodeText(_ tokens: [[Int32]]) -> Tensor { text(tokens) }

  /// Throws unless the text tower has an embedding for every id of CLIP's tokenizer; models made for
  /// tests may have fewer.
  ///
  /// - Throws: `ModelError.token`.
  public func checkVocabulary() throws(ModelError) { try check([[Tokenizer.endOfText]]) }

  /// Checks ids that come from outside against the vocabulary.
  ///
  /// - Throws: `ModelError.token`.
  public func check(_ tokens: [[Int32]]) throws(ModelError) {
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
