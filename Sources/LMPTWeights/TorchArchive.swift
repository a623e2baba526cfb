// TorchArchive - the zip archives of torch.save and torch.jit.save.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// A torch file: one folder with `data.pkl`, which describes the tensors, and `data/KEY`, their
/// bytes.
///
/// A TorchScript archive, as OpenAI publishes CLIP, has the same two and `code/` beside them; its
/// `constants.pkl` holds constants of the program, not weights, and is never opened.
struct TorchArchive {
  private let archive: ZipArchive
  private let folder: String
  private let limits: Limits

  /// Tensors together may exceed the file this many times, plus `expansionFloor` (shared storages).
  private static let expansionFactor = 16
  private static let expansionFloor = 1 << 26

  init(_ archive: ZipArchive, limits: Limits) throws {
    self.archive = archive
    self.limits = limits
    var folder: String?
    for entry in archive.entries {
      guard let slash = entry.name.firstIndex(of: "/") else {
        throw TorchError.folders(entry.name, (folder ?? "no folder"))
      }
      let own = String(entry.name[..<slash])
      if let folder, folder != own { throw TorchError.folders(folder, own) }
      folder = own
    }
    guard let folder, archive["\(folder)/data.pkl"] != nil else { throw TorchError.noPickle }
    self.folder = folder
  }

  /// Whether this entry list is a torch file's at all (as against numpy's).
  static func recognises(_ archive: ZipArchive) -> Bool {
    archive.entries.contains { $0.name.hasSuffix("/data.pkl") || $0.name == "data.pkl" }
  }

  /// The tensors, under the names that torch's `state_dict()` gives them.
  ///
  /// `stem` names a tensor that was saved alone.
  func read(stem: String, deferring: Bool = false) throws -> WeightFile {
    let isScript = archive.entries.contains { $0.name.hasPrefix("\(folder)/code/") }
    guard let entry = archive["\(folder)/data.pkl"] else { throw TorchError.noPickle }
    let pickle = try archive.contents(entry, verify: true)
    let names = try withExtendedLifetime(pickle.owner) {
      var machine = PickleMachine(pickle.bytes, allowsModules: isScript, limits: limits)
      let root = try machine.run()
      var names = TorchNames(heap: machine.heap, limits: limits)
      if isScript {
        var code = TorchScriptCode(archive: archive, folder: folder)
        names.registered = { try code.registered($0) }
      }
      try names.collect(root, stem: stem)
      return names
    }
    guard !names.found.isEmpty else { throw TorchError.noTensors }
    return WeightFile(
      format: isScript ? .torchScript : .torchStateDict,
      tensors: try tensors(names.found, deferring))
  }

  private func tensors(
    _ found: [(name: String, tensor: PickleTensor)], _ deferring: Bool
  ) throws -> [StoredTensor] {
    let order = try byteOrder()
    if !deferring {
      let keys = Set(found.map(\.tensor.storage.key))
      try archive.checkExpansion(keys.sorted().compactMap { archive["\(folder)/data/\($0)"] })
    }
    let cap = archive.file.bytes.count * TorchArchive.expansionFactor + TorchArchive.expansionFloor
    var total = 0
    var storages: [PickleStorage: TensorStorage] = [:]
    var seen: Set<String> = []
    var tensors: [StoredTensor] = []
    tensors.reserveCapacity(found.count)
    for (name, description) in found {
      guard seen.insert(name).inserted else { throw TorchError.duplicateName(name) }
      let storage = try storages[description.storage] ?? bytes(of: description.storage, deferring)
      storages[description.storage] = storage
      let tensor = try StoredTensor(
        name: name, dtype: description.dtype, shape: description.shape,
        strides: description.strides, offset: description.offset, order: order, storage: storage,
        limits: limits)
      total += tensor.count * tensor.dtype.byteCount
      guard total <= cap else { throw TorchError.expansion(limit: cap) }
      tensors.append(tensor)
    }
    return tensors
  }

  private func bytes(of storage: PickleStorage, _ deferring: Bool) throws -> TensorStorage {
    guard let entry = archive["\(folder)/data/\(storage.key)"] else {
      throw TorchError.storageMissing(key: storage.key)
    }
    let (declared, overflow) = storage.count.multipliedReportingOverflow(
      by: storage.dtype?.byteCount ?? 1)
    guard !overflow, declared == entry.size else {
      throw TorchError.storageSize(
        key: storage.key, declared: overflow ? .max : declared, found: entry.size)
    }
    return try deferring
      ? archive.deferred(entry, verify: false) : archive.contents(entry, verify: false)
  }

  private func byteOrder() throws -> ByteOrder {
    guard let entry = archive["\(folder)/byteorder"] else { return .little }
    let text = try archive.contents(entry, verify: true)
    return try withExtendedLifetime(text.owner) {
      switch String(decoding: text.bytes.prefix(100), as: UTF8.self) {
      case "little": return .little
      case "big": return .big
      case let other: throw TorchError.byteOrder(other)
      }
    }
  }
}
