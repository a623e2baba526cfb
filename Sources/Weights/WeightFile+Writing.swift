// WeightFile+Writing - writing tensors in the format that a file name asks for.
// SPDX-License-Identifier: Apache-2.0

import Bytes

extension WeightFile {
  /// Writes arrays in the format of the path's extension, atomically.
  ///
  /// `.safetensors`, `.pt` or `.pth` (a state dict that `torch.load(weights_only=True)` opens),
  /// `.npz`, or `.npy` for a single array.
  ///
  /// - Parameters:
  ///   - arrays: the tensors; their number formats are kept, except that numpy has no bfloat16.
  ///   - metadata: strings to go with them; only safetensors can hold any.
  ///   - path: the target.
  /// - Throws: `WeightFileError.unknownExtension`, `WeightFileError.notOneArray`, or the writer's
  ///   error; nothing is left on the disk then.
  public static func write(
    _ arrays: [NamedArray], metadata: [String: String] = [:], to path: String
  ) throws {
    try inFile(path) {
      switch path.lastIndex(of: ".").map({ path[path.index(after: $0)...].lowercased() }) {
      case "safetensors": try Safetensors.write(arrays, metadata: metadata, to: path)
      case "pt", "pth": try TorchFile.write(arrays, to: path)
      case "npz": try NPZ.write(arrays, to: path)
      case "npy":
        guard arrays.count == 1 else { throw WeightFileError.notOneArray(found: arrays.count) }
        try NPY.write(arrays[0], to: path)
      default: throw WeightFileError.unknownExtension(path)
      }
    }
  }
}
