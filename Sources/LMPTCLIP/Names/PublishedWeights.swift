// PublishedWeights - the weight files that OpenAI published, by their hash.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A weight file of OpenAI's (github.com/openai/CLIP, clip/clip.py).
package struct PublishedWeights: Sendable, Equatable {
  /// The model's name, such as `ViT-B/16`.
  package let name: String
  /// The file's name.
  package let file: String
  /// The file's SHA-256.
  package let sha256: String

  /// Where the file can be downloaded.
  package var url: String { "https://openaipublic.azureedge.net/clip/models/\(sha256)/\(file)" }

  /// The published file with a hash, if there is one.
  ///
  /// - Parameter sha256: 64 hexadecimal digits.
  /// - Returns: the file, or nil.
  package static func matching(_ sha256: String) -> PublishedWeights? {
    all.first { $0.sha256 == sha256 }
  }

  /// The SHA-256 of a file, as `sha256sum` prints it.
  ///
  /// - Parameter path: any file.
  /// - Returns: 64 hexadecimal digits.
  /// - Throws: `FileError` when the file cannot be read.
  package static func sha256(ofFile path: String) throws -> String {
    let file = try MappedFile(path: path)
    return withExtendedLifetime(file) { SHA256.hexDigest(file.bytes) }
  }

  /// Every published file.
  package static let all: [PublishedWeights] = [
    PublishedWeights(
      name: "RN50", file: "RN50.pt",
      sha256: "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"),
    PublishedWeights(
      name: "RN101", file: "RN101.pt",
      sha256: "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599"),
    PublishedWeights(
      name: "RN50x4", file: "RN50x4.pt",
      sha256: "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd"),
    PublishedWeights(
      name: "RN50x16", file: "RN50x16.pt",
      sha256: "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa"),
    PublishedWeights(
      name: "RN50x64", file: "RN50x64.pt",
      sha256: "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c"),
    PublishedWeights(
      name: "ViT-B/32", file: "ViT-B-32.pt",
      sha256: "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
    PublishedWeights(
      name: "ViT-B/16", file: "ViT-B-16.pt",
      sha256: "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"),
    PublishedWeights(
      name: "ViT-L/14", file: "ViT-L-14.pt",
      sha256: "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836"),
    PublishedWeights(
      name: "ViT-L/14@336px", file: "ViT-L-14-336px.pt",
      sha256: "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02"),
  ]
}
