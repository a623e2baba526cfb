// ShardIndex - a model spread over several safetensors files.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What can be wrong with a `model.safetensors.index.json`.
package enum ShardIndexError: DiagnosticError, Equatable {
  /// The file is JSON, but has no `weight_map` of strings.
  case noWeightMap
  /// An index in memory, without the folder that its shards would lie in.
  case noFolder
  /// A shard's name would leave the index's folder.
  case shardName(String)
  /// A shard is of another format: an index of `.bin` files, as torch.save writes them.
  case shardFormat(String)
  /// More shards than any model has.
  case tooManyShards(found: Int, limit: Int)
  /// The index promises a tensor that its shard does not have.
  case missingTensor(name: String, shard: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .noWeightMap:
      Diagnostic(
        "index.no-weight-map", "the JSON file has no 'weight_map' from tensor names to file names",
        hint: "give a .safetensors file or its .index.json")
    case .noFolder:
      Diagnostic(
        "index.no-folder", "the bytes are an index of files, but are in none themselves",
        hint: "shards must lie beside the index")
    case .shardName(let name):
      Diagnostic(
        "index.shard-name", "the index names the shard \(printable(name)), not a plain file name",
        hint: "shards must lie beside the index")
    case .shardFormat(let name):
      Diagnostic(
        "index.shard-format", "the index names \(printable(name)), not a .safetensors file",
        hint: "take the model's .safetensors files and their index; a .bin is read where one holds "
          + "the whole model")
    case .tooManyShards(let found, let limit):
      Diagnostic(
        "index.too-many-shards", "the index names \(found) shards, limit \(limit)",
        hint: "shards must lie beside the index")
    case .missingTensor(let name, let shard):
      Diagnostic(
        "index.missing-tensor",
        "the index places \(printable(name)) in \(printable(shard)), which lacks it",
        hint: "download the index and all shards of one version again")
    }
  }
}

/// Reads `{"metadata": {...}, "weight_map": {"tensor": "model-00001-of-00002.safetensors"}}`.
enum ShardIndex {
  static let shardLimit = 1000

  static func read(
    _ bytes: UnsafeRawBufferPointer, path: String, limits: Limits
  ) throws -> WeightFile {
    let index = try JSON.parse(bytes, limits: limits)
    guard let map = index["weight_map"]?.object, !map.members.isEmpty else {
      throw ShardIndexError.noWeightMap
    }
    guard map.members.count <= limits.tensors else {
      throw SafetensorsError.tooManyTensors(found: map.members.count, limit: limits.tensors)
    }
    var names: [String] = []
    var known: Set<String> = []
    for member in map.members {
      guard let shard = member.value.string else { throw ShardIndexError.noWeightMap }
      // safety: a shard name must not reach other folders of this machine.
      guard !shard.isEmpty, shard.utf8.count <= limits.jsonKey, !shard.hasPrefix("."),
        !shard.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
      else { throw ShardIndexError.shardName(shard) }
      guard shard.hasSuffix(".safetensors") else { throw ShardIndexError.shardFormat(shard) }
      if known.insert(shard).inserted { names.append(shard) }
    }
    guard names.count <= shardLimit else {
      throw ShardIndexError.tooManyShards(found: names.count, limit: shardLimit)
    }
    var shards: [String: WeightFile] = [:]
    for name in names {
      shards[name] = try Safetensors.read(path.folderPrefix + name, limits: limits)
    }
    let tensors = try map.members.map { member in
      let shard = member.value.string ?? ""
      guard let tensor = shards[shard]?[member.key] else {
        throw ShardIndexError.missingTensor(name: member.key, shard: shard)
      }
      return tensor
    }
    var metadata = names.first.flatMap { shards[$0]?.metadata } ?? [:]
    let ofIndex = index["metadata"]?.object ?? JSON.Object()
    try SafetensorsError.check(metadata: ofIndex, limits)
    for member in ofIndex.members {
      if let text = member.value.string { metadata[member.key] = text }
    }
    return WeightFile(format: .shardedSafetensors, tensors: tensors, metadata: metadata)
  }
}
