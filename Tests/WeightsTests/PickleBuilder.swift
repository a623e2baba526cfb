// PickleBuilder - pickles assembled opcode by opcode.
// SPDX-License-Identifier: Apache-2.0

@testable import Weights

/// Pieces of a pickle; concatenate them with `+`.
enum Pickle {
  static let proto: [UInt8] = [0x80, 2]
  static let stop: [UInt8] = [0x2E]
  static let mark: [UInt8] = [0x28]
  static let none: [UInt8] = [0x4E]
  static let yes: [UInt8] = [0x88]
  static let no: [UInt8] = [0x89]
  static let emptyTuple: [UInt8] = [0x29]
  static let emptyDict: [UInt8] = [0x7D]
  static let emptyList: [UInt8] = [0x5D]
  static let tuple: [UInt8] = [0x74]
  static let tuple1: [UInt8] = [0x85]
  static let reduce: [UInt8] = [0x52]
  static let build: [UInt8] = [0x62]
  static let newObj: [UInt8] = [0x81]
  static let persId: [UInt8] = [0x51]
  static let append: [UInt8] = [0x61]
  static let appends: [UInt8] = [0x65]
  static let setItem: [UInt8] = [0x73]
  static let setItems: [UInt8] = [0x75]
  static let stackGlobal: [UInt8] = [0x93]

  static func int(_ value: Int) -> [UInt8] {
    value >= 0 && value < 256
      ? [0x4B, UInt8(value)] : [0x8A, 8] + RawZip.little(value, 8)
  }
  static func text(_ value: String) -> [UInt8] {
    [0x58] + RawZip.little(value.utf8.count, 4) + Array(value.utf8)
  }
  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }
  static func put(_ index: UInt8) -> [UInt8] { [0x71, index] }
  static func get(_ index: UInt8) -> [UInt8] { [0x68, index] }
  static func tuple(_ items: [UInt8]...) -> [UInt8] { mark + items.flatMap { $0 } + tuple }
  static func ints(_ values: [Int]) -> [UInt8] { mark + values.flatMap(int) + tuple }
  static var orderedDict: [UInt8] { global("collections", "OrderedDict") + emptyTuple + reduce }

  /// `('storage', torch.FloatStorage, key, 'cpu', count)` as a persistent id.
  static func storage(_ key: String = "0", type: String = "FloatStorage", count: Int) -> [UInt8] {
    tuple(text("storage"), global("torch", type), text(key), text("cpu"), int(count)) + persId
  }

  /// A whole pickle that holds one value.
  static func document(_ value: [UInt8]) -> [UInt8] { proto + value + stop }

  /// `{'w': value}`.
  static func stateDict(_ value: [UInt8]) -> [UInt8] {
    document(emptyDict + text("w") + value + setItem)
  }

  /// `_rebuild_tensor_v2(...)` with these numbers.
  static func tensor(
    key: String = "0", type: String = "FloatStorage", count: Int = 6, offset: Int = 0,
    shape: [Int] = [2, 3], strides: [Int] = [3, 1]
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2")
      + tuple(
        storage(key, type: type, count: count), int(offset), ints(shape), ints(strides), no,
        orderedDict) + reduce
  }
}
