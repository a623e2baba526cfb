// WeightFile+Writing - writing tensors in the format that a file name asks for.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The formats that tensors are written in, each called as file names end.
public enum WritableFormat: String, Sendable, CaseIterable {
  /// Any number of tensors, and strings beside them.
  case safetensors
  /// A state dict that `torch.load(weights_only=True)` opens.
  case pt
  /// The same under its other ending.
  case pth
  /// Any number of arrays for numpy.
  case npz
  /// A single array for numpy.
  case npy

  /// The format that a file name ends in; nil when it is none of them.
  package init?(path: String) { self.init(rawValue: path.fileExtension) }
}

extension WeightFile {
  /// Writes arrays in the ``WritableFormat`` of the path's extension, atomically.
  ///
  /// - Parameters:
  ///   - arrays: the tensors; their number formats are kept, except that numpy has no bfloat16.
  ///   - metadata: strings to go with them; only safetensors can hold any.
  ///   - path: the target.
  /// - Throws: `FileError` around `WeightFileError.unknownExtension`, `WeightFileError.notOneArray`
  ///   or the writer's error; nothing is left on the disk then.
  public static func write(
    _ arrays: [NamedArray], metadata: [String: String] = [:], to path: String
  ) throws {
    try inFile(path) {
      switch WritableFormat(path: path) {
      case .safetensors: try Safetensors.write(arrays, metadata: metadata, to: path)
      case .pt, .pth: try TorchFile.write(arrays, to: path)
      case .npz: try NPZ.write(arrays, to: path)
      case .npy:
        guard arrays.count == 1 else {
          throw WeightFileError.notOneArray(names: arrays.map(\.name))
        }
        try NPY.write(arrays[0], to: path)
      case nil: throw WeightFileError.unknownExtension(path)
      }
    }
  }
}
