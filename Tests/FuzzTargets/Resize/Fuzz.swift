// FuzzResize - any sizes through resize and both recipes: the right shape, bilinear within range.
// SPDX-License-Identifier: Apache-2.0

import FuzzWork
import LMPTImaging

/// libFuzzer's entry; six bytes choose the sizes and the filter, the rest are the pixels.
///
/// - Parameters:
///   - data: the bytes to try.
///   - count: how many there are.
/// - Returns: 0, always.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let work = Work(count, declared: 1 << 23)
  defer { work.check() }
  guard let data, count > 6 else { return 0 }
  let (width, height) = (1 + Int(data[0]), 1 + Int(data[1]))
  let (newWidth, newHeight) = (1 + Int(data[2]), 1 + Int(data[3]))
  let method = [Interpolation.box, .bilinear, .bicubic, .lanczos][Int(data[4]) % 4]
  let pixels = (0..<width * height * 3).map { data[5 + $0 % (count - 5)] }
  let image = RGBImage(width: width, height: height, pixels: pixels)
  let result = image.resized(width: newWidth, height: newHeight, method)
  precondition(result.pixels.count == newWidth * newHeight * 3, "shape")
  if method == .bilinear, let low = pixels.min(), let high = pixels.max() {
    precondition(result.pixels.allSatisfy { $0 >= low && $0 <= high }, "range")
  }
  for recipe in Preprocessing.allCases {
    let square = image.resized(to: 1 + Int(data[5]) % 64, as: recipe)
    precondition(recipe.input(square, mirrored: true).allSatisfy(\.isFinite), "finite")
  }
  return 0
}
