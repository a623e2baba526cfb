// PickleMachine+Globals - what the few accepted globals mean.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension PickleMachine {
  mutating func pushGlobal(_ module: String, _ name: String) throws {
    guard let global = PickleGlobal(module, name, allowsModules: allowsModules) else {
      throw PickleError.global("\(module).\(name)", offset: opcodeOffset)
    }
    stack.append(.global(global))
  }

  /// BINPERSID: `('storage', type, key, location, count)` names bytes of the archive.
  mutating func pushStorage(_ value: PickleValue) throws {
    let what = "a storage: ('storage', type, key, location, count)"
    guard let items = items(value), items.count == 5, case .string(let kind) = items[0],
      kind.utf8.elementsEqual("storage".utf8),
      case .global(.storage(let dtype)) = items[1], case .string(let key) = items[2],
      case .string = items[3], case .int(let count) = items[4], count >= 0
    else { throw PickleError.kind(offset: opcodeOffset, expected: what) }
    guard !key.isEmpty, key.utf8.count <= PickleMachine.lineLimit,
      !key.utf8.contains(UInt8(ascii: "/")), key != ".", key != ".."
    else {
      throw PickleError.kind(offset: opcodeOffset, expected: "a short storage key without folders")
    }
    try push(.storage(PickleStorage(key: key, dtype: dtype, count: count)), [])
  }

  /// REDUCE: the value that a known function would make of known arguments.
  mutating func reduce() throws {
    let (argument, callee) = (try pop(), try pop())
    guard case .global(let global) = callee else {
      throw PickleError.kind(offset: opcodeOffset, expected: "a known function")
    }
    guard let arguments = items(argument) else {
      throw PickleError.kind(offset: opcodeOffset, expected: "a tuple of arguments")
    }
    switch global {
    case .orderedDict where arguments.isEmpty:
      try push(.dictionary, [])
    case .counter where arguments.isEmpty:
      try push(.dictionary, [])
    case .counter where arguments.count == 1, .size where arguments.count == 1,
      .typedList where arguments.count == 1:
      guard case .node = arguments[0] else { throw wrong("\(global)", "a plain value") }
      stack.append(arguments[0])
    case .typeTag where arguments.count == 2:
      stack.append(arguments[0])
    case .unused:
      stack.append(.opaque)
    case .rebuildTensor(let version):
      try push(.tensor(try tensor(arguments, version)), [])
    case .rebuildParameter where (3...4).contains(arguments.count):
      guard case .node(let index) = arguments[0], case .tensor = heap[index].kind else {
        throw wrong("_rebuild_parameter", "no tensor")
      }
      stack.append(arguments[0])
    default:
      throw wrong("\(global)", "\(arguments.count) arguments")
    }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`.
  ///
  /// Version 1 ends after `stride`; version 3 has the number format after `hooks`.
  private func tensor(_ arguments: [PickleValue], _ version: Int) throws -> PickleTensor {
    let name = "_rebuild_tensor" + (version == 1 ? "" : "_v\(version)")
    let counts = [1: 4...4, 2: 6...7, 3: 7...8][version] ?? 0...0
    guard counts.contains(arguments.count) else {
      throw wrong(name, "\(arguments.count) arguments")
    }
    guard case .node(let index) = arguments[0], case .storage(let storage) = heap[index].kind else {
      throw wrong(name, "no storage")
    }
    // Before anything is copied: one long tuple may be the shape of many tensors.
    for shape in arguments[2...3] where items(shape)?.count ?? 0 > limits.rank {
      throw PickleError.tooLarge(what: "dimensions of a tensor", limit: limits.rank)
    }
    guard case .int(let offset) = arguments[1], let shape = integers(arguments[2]),
      let strides = integers(arguments[3]), shape.count == strides.count
    else { throw wrong(name, "an offset, size or stride that is no integer") }
    if version > 1 {
      guard case .bool = arguments[4] else { throw wrong(name, "a requires_grad that is no bool") }
    }
    var dtype = storage.dtype
    if version == 3 {
      guard case .global(.dtype(let stated)) = arguments[6] else { throw wrong(name, "no dtype") }
      dtype = stated
    }
    guard let dtype else { throw wrong(name, "an unsupported number format") }
    return PickleTensor(
      storage: storage, dtype: dtype, offset: offset, shape: shape, strides: strides)
  }

  /// NEWOBJ: only modules of a TorchScript archive are made this way.
  mutating func newObject() throws {
    let (argument, callee) = (try pop(), try pop())
    guard case .global(.module(let type)) = callee, let arguments = items(argument),
      arguments.isEmpty
    else { throw PickleError.kind(offset: opcodeOffset, expected: "a module without arguments") }
    try push(.module(type: type), [])
  }

  /// BUILD: a module gets its attributes; a dictionary's own attributes are not weights.
  mutating func build() throws {
    let state = try pop()
    let index = try top("an OrderedDict or a module") {
      switch $0 {
      case .dictionary, .module: true
      default: false
      }
    }
    if case .module = heap[index].kind { heap[index].state = state }
  }

  private func wrong(_ name: String, _ problem: String) -> PickleError {
    .call(name, offset: opcodeOffset, problem: problem)
  }

  /// The items of a tuple.
  private func items(_ value: PickleValue) -> [PickleValue]? {
    guard case .node(let index) = value, case .tuple = heap[index].kind else { return nil }
    return heap[index].items
  }

  /// The items of a tuple of integers.
  private func integers(_ value: PickleValue) -> [Int]? {
    guard let items = items(value) else { return nil }
    var out: [Int] = []
    for item in items {
      guard case .int(let integer) = item else { return nil }
      out.append(integer)
    }
    return out
  }
}
