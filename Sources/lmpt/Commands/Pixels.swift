// Pixels - `lmpt pixels`: what the decoder and the preprocessing make of a picture.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTImaging
import LMPTWeights

/// How far a picture is taken.
enum PixelStage: String, CaseIterable {
  /// The file's pixels as RGB.
  case decoded
  /// Resized, and cropped where the recipe crops.
  case resized
  /// Normalised, as the image tower takes it.
  case input
}

extension Command {
  static let pixels = Command(
    name: "pixels",
    summary: "the pixels of a picture: decoded, resized, or as the model's input",
    operands: "IMAGE",
    options: [
      lastStage.option, pixelRecipe.option, side.option,
      .value("output", "X.npy", "where to write the array"),
      .flag(
        "allow-truncated", "decode what there is of a truncated file, as Pillow's lenient mode"),
      .flag("orient", "apply the EXIF orientation, which is ignored otherwise"),
    ],
    examples: [
      "lmpt pixels cat.jpg --stage decoded --output decoded.npy",
      "lmpt pixels cat.jpg --stage input --preprocess clip --output input.npy",
    ],
    run: runPixels)
}

private let lastStage = DefaultOption("stage", PixelStage.input, "how far to go")
private let pixelRecipe = DefaultOption("preprocess", Preprocessing.lmpt, "the recipe")
private let side = DefaultOption(
  "size", "S", 224, in: 1...4096, "side of the model's input in pixels")

private func runPixels(_ arguments: Arguments) throws -> Output {
  let path = try arguments.operands(1, "an IMAGE")[0]
  let (stage, recipe) = (try arguments[lastStage], try arguments[pixelRecipe])
  let size = try arguments[side]
  let output = try arguments.output()
  try requireOtherFile(output, than: [path])

  var image = try RGBImage(
    path: path, truncated: arguments.flag("allow-truncated") ? .accept : .refuse,
    orient: arguments.flag("orient"))
  if stage != .decoded { image = image.resized(to: size, as: recipe) }
  let shape = stage == .input ? [3, size, size] : [image.height, image.width, 3]
  let array =
    stage == .input
    ? NamedArray(stage.rawValue, floats: recipe.input(image), shape: shape)
    : NamedArray(stage.rawValue, bytes: image.pixels, shape: shape, as: .u8)
  try WeightFile.write([array], to: output)
  return Output(
    json: JSON.object([
      ("image", .string(path)), ("stage", .string(stage.rawValue)),
      ("shape", .array(shape.map { .integer($0) })), ("output", .string(output)),
    ]), confirmation: ["\(Terminal.shown(output)): \(stage.rawValue) \(shape)"])
}
