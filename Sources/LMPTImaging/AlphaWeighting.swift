// AlphaWeighting - OpenAI's transform of a picture with alpha: resize first, drop alpha last.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A picture as OpenAI's transform sees it: S x S, resized before alpha is dropped.
///
/// Pillow weighs colours by alpha while it resizes, so that invisible pixels do not bleed into
/// visible ones. ``Preprocessing/clip`` starts from RGB without alpha; on pictures that have no
/// alpha the two are equal, and on others this is what OpenAI's published examples were made with.
///
/// - Parameters:
///   - bytes: the whole file.
///   - size: S, at least 1.
///   - limits: caps on the size, checked from the header.
/// - Returns: the square picture, bit for bit as Pillow, torchvision and OpenAI's transform.
/// - Throws: as ``RGBImage/init(decoding:limits:truncated:)``.
package func alphaWeightedResize(
  _ bytes: UnsafeRawBufferPointer, size: Int, limits: Limits = .default
) throws -> RGBImage {
  var colors = try RGBImage(decoding: bytes, limits: limits)
  guard try ImageFormat(bytes) == .png,
    let alpha = try decodePNGAlpha(bytes, limits)
  else { return colors.resized(to: size, as: .clip) }
  for (index, weight) in alpha.pixels.enumerated() {
    let product = Int(colors.pixels[index]) * Int(weight) + 128
    colors.pixels[index] = UInt8((product >> 8 + product) >> 8)  // rounded product / 255
  }
  var result = colors.resized(to: size, as: .clip)
  let weights = alpha.resized(to: size, as: .clip)
  for (index, weight) in weights.pixels.enumerated() where weight != 0 && weight != 255 {
    result.pixels[index] = UInt8(min(255, 255 * Int(result.pixels[index]) / Int(weight)))
  }
  return result
}
