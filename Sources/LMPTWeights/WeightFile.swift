// WeightFile - the tensors of a file, whatever its format.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The tensors of one file.
public struct WeightFile: Sendable {
  /// The formats that can be read.
  public enum Format: String, Sendable {
    /// A zip archive that `torch.save` wrote.
    case torchStateDict = "torch"
    /// A zip archive that `torch.jit.save` wrote, as OpenAI publishes CLIP.
    case torchScript = "torchscript"
    /// One safetensors file.
    case safetensors = "safetensors"
    /// Several safetensors files behind a `model.safetensors.index.json`.
    case shardedSafetensors = "sharded-safetensors"
    /// One numpy array.
    case npy = "npy"
    /// A zip archive of numpy arrays.
    case npz = "npz"
  }

  /// How the tensors were stored.
  public let format: Format
  /// The tensors, in the file's order, each name once.
  public let tensors: [StoredTensor]
  /// Strings that came with them (safetensors only).
  public let metadata: [String: String]
  private let positions: [String: Int]

  init(format: Format, tensors: [StoredTensor], metadata: [String: String] = [:]) {
    self.format = format
    self.tensors = tensors
    self.metadata = metadata
    var positions: [String: Int] = [:]
    positions.reserveCapacity(tensors.count)
    for (index, tensor) in tensors.enumerated() { positions[tensor.name] = index }
    self.positions = positions
  }

  /// The tensor with this name.
  public subscript(name: String) -> StoredTensor? { positions[name].map { tensors[$0] } }

  /// Reads a file of any supported format, recognised by its bytes, not by its name.
  ///
  /// Tensor bytes are not read before they are asked for.
  ///
  /// - Parameters:
  ///   - path: a `.safetensors`, `.safetensors.index.json`, `.npy`, `.npz`, or `.pt` file.
  ///   - limits: caps on what the file may make us do.
  ///   - deferring: whether compressed tensors stay so until `StoredTensor.loaded()`, for whoever
  ///     wants names and shapes, or few of the tensors.
  /// - Returns: the tensors.
  /// - Throws: `FileError` around the format's error, or around `WeightFileError` for an unknown
  ///   format.
  public static func read(
    _ path: String, limits: Limits = .default, deferring: Bool = false
  ) throws -> WeightFile {
    let file = try MappedFile(path: path)
    return try inFile(path) {
      try parse(
        TensorStorage(file.bytes, owner: file), path: path, deferring: deferring, limits: limits)
    }
  }

  /// Reads bytes of any supported format that are already in memory.
  ///
  /// - Parameters:
  ///   - bytes: the contents of a file; an index of shards is refused, for it names other files.
  ///   - name: what to call a tensor that has no name of its own.
  ///   - limits: caps on what the bytes may make us do.
  ///   - deferring: whether compressed tensors stay so until `StoredTensor.loaded()`.
  /// - Returns: the tensors.
  /// - Throws: the format's error.
  public static func parse(
    _ bytes: [UInt8], name: String = "tensor", limits: Limits = .default,
    deferring: Bool = false
  ) throws -> WeightFile {
    let storage = TensorStorage(bytes)
    guard try Container.recognise(storage.bytes) != .json else { throw ShardIndexError.noFolder }
    return try parse(storage, path: name, deferring: deferring, limits: limits)
  }

  private static func parse(
    _ storage: TensorStorage, path: String, deferring: Bool, limits: Limits
  ) throws -> WeightFile {
    switch try Container.recognise(storage.bytes) {
    case .npy:
      let tensor = try NPY.parse(storage, name: stem(path), limits: limits)
      return WeightFile(format: .npy, tensors: [tensor])
    case .safetensors: return try Safetensors.parse(storage, limits: limits)
    case .json: return try ShardIndex.read(storage.bytes, path: path, limits: limits)
    case .zip:
      let archive = try ZipArchive(storage, limits: limits)
      if TorchArchive.recognises(archive) {
        return try TorchArchive(archive, limits: limits)
          .read(stem: stem(path), deferring: deferring)
      }
      guard NPZ.recognises(archive) else { throw WeightFileError.unknownArchive }
      return try NPZ.read(archive, deferring: deferring, limits: limits)
    }
  }

  /// A file's name without folders and extension, the name of a tensor that has no other.
  static func stem(_ path: String) -> String {
    let file = path.fileName
    guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
    return String(file[..<dot])
  }
}
