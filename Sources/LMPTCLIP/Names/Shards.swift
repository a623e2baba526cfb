// Shards - one file of several: its error says so, instead of naming whatever is missing first.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Runs `body`, which builds a model from one file, and tells a missing part of a shard for what it is.
///
/// - Throws: what `body` throws, or `ModelError.shard`.
func namingShards<Result>(
  _ path: String, _ body: () throws(ModelError) -> Result
) throws(ModelError) -> Result {
  do {
    return try body()
  } catch {
    switch error {
    case .missing(let name, _) where isShard(path): throw .shard(missing: name)
    case .notCLIP where isShard(path): throw .shard(missing: "what CLIP's names begin with")
    default: throw error
    }
  }
}

/// Whether a file is one of several, by its name, such as `model-00001-of-00002.safetensors`, or by an
/// index beside it that lists it.
private func isShard(_ path: String) -> Bool {
  let name = path.fileName
  let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
  for (index, word) in words.enumerated() where word == "of" && index > 0 {
    if index + 1 < words.count, Int(words[index - 1]) != nil, Int(words[index + 1]) != nil {
      return true
    }
  }
  for index in ["model.safetensors.index.json", "open_clip_model.safetensors.index.json"] {
    var limits = Limits.default
    limits.readBytes = 1 << 24
    guard let file = try? FileBytes(path: path.folderPrefix + index, limits: limits),
      let json = file.withBytes({ try? JSON.parse($0) })
    else { continue }
    let shards = json["weight_map"]?.object?.members ?? []
    if shards.contains(where: { $0.value.string == name }) { return true }
  }
  return false
}
