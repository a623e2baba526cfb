// RGBImage - decoded pixels.
// SPDX-License-Identifier: Apache-2.0

/// 8-bit RGB, row-major, interleaved: the pixel at column x of row y starts at `3 * (y * width + x)`.
public struct RGBImage: Sendable, Equatable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height * width * 3` samples.
  public internal(set) var pixels: [UInt8]  // [H, W, 3]

  /// An image from its samples.
  ///
  /// - Parameters:
  ///   - width: columns, at least 1.
  ///   - height: rows, at least 1.
  ///   - pixels: `height * width * 3` samples.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    guard width > 0, height > 0, pixels.count == width * height * 3 else {
      fatalError("\(pixels.count) samples are no image of \(width) x \(height) RGB pixels")
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
