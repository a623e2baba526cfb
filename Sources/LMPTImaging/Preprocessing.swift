// Preprocessing - the two recipes that turn a picture into a network's input.
// SPDX-License-Identifier: Apache-2.0

/// How a picture becomes S x S pixels and then normalised floats.
public enum Preprocessing: String, Sendable, CaseIterable {
  /// Squashed to a square, bilinear, ImageNet's mean and deviation: what the LMPT code does.
  case lmpt
  /// Shorter side to S, bicubic, centre crop, CLIP's mean and deviation: what OpenAI's code does.
  case clip

  /// Mean of the red, green and blue channels.
  public var mean: [Float] {
    switch self {
    case .lmpt: [0.485, 0.456, 0.406]
    case .clip: [0.48145466, 0.4578275, 0.40821073]
    }
  }

  /// Standard deviation of the red, green and blue channels.
  public var standardDeviation: [Float] {
    switch self {
    case .lmpt: [0.229, 0.224, 0.225]
    case .clip: [0.26862954, 0.26130258, 0.27577711]
    }
  }

  /// Normalises a square picture: (x / 255 - mean) / deviation, in single precision.
  ///
  /// - Parameters:
  ///   - resized: the picture, S x S.
  ///   - mirrored: whether to mirror it left to right.
  /// - Returns: [3, S, S], channels first.
  public func input(_ resized: RGBImage, mirrored: Bool = false) -> [Float] {
    let (width, height) = (resized.width, resized.height)
    let (mean, deviation) = (mean, standardDeviation)
    var result = [Float](repeating: 0, count: 3 * width * height)  // [3, H, W]
    for channel in 0..<3 {
      // Only 256 values exist, so each is computed once, in torchvision's order of operations.
      let table = (0..<256).map { (Float($0) / 255 - mean[channel]) / deviation[channel] }
      for y in 0..<height {
        for x in 0..<width {
          let column = mirrored ? width - 1 - x : x
          let value = resized.pixels[(y * width + column) * 3 + channel]
          result[(channel * height + y) * width + x] = table[Int(value)]
        }
      }
    }
    return result
  }
}

extension RGBImage {
  /// The picture as `size` x `size` pixels, squashed or cropped as the recipe says.
  ///
  /// - Parameters:
  ///   - size: S, at least 1.
  ///   - recipe: how a picture becomes a square.
  /// - Returns: the square picture, bit for bit as torchvision with Pillow.
  public func resized(to size: Int, as recipe: Preprocessing) -> RGBImage {
    switch recipe {
    case .lmpt:
      return resized(width: size, height: size, .bilinear)
    case .clip:
      // The longer side is truncated, not rounded.
      let isWide = width > height
      let (long, short) = isWide ? (width, height) : (height, width)
      let longSide = Int(Double(size * long) / Double(short))
      let (width, height) = isWide ? (longSide, size) : (size, longSide)
      return resize(
        self, width: width, height: height, columns: middle(size, of: width),
        rows: middle(size, of: height), .bicubic)
    }
  }
}

/// The middle `size` of `count` pixels; Python rounds halves to the even number here.
private func middle(_ size: Int, of count: Int) -> Range<Int> {
  let start = Int((Double(count - size) / 2).rounded(.toNearestOrEven))
  return start..<start + size
}
