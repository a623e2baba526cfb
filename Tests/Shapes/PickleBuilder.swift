// PickleBuilder - pickles assembled opcode by opcode.
// SPDX-License-Identifier: Apache-2.0

/// Pieces of a pickle; concatenate them with `+`.
package enum Pickle {
  package static let proto: [UInt8] = [0x80, 2]
  package static let stop: [UInt8] = [0x2E]
  package static let mark: [UInt8] = [0x28]
  package static let none: [UInt8] = [0x4E]
  package static let yes: [UInt8] = [0x88]
  package static let no: [UInt8] = [0x89]
  package static let emptyTuple: [UInt8] = [0x29]
  package static let emptyDict: [UInt8] = [0x7D]
  package static let emptyList: [UInt8] = [0x5D]
  package static let tuple: [UInt8] = [0x74]
  package static let tuple1: [UInt8] = [0x85]
  package static let reduce: [UInt8] = [0x52]
  package static let build: [UInt8] = [0x62]
  package static let newObj: [UInt8] = [0x81]
  package static let persId: [UInt8] = [0x51]
  package static let append: [UInt8] = [0x61]
  package static let appends: [UInt8] = [0x65]
  package static let setItem: [UInt8] = [0x73]
  package static let setItems: [UInt8] = [0x75]
  package static let stackGlobal: [UInt8] = [0x93]

  package static func int(_ value: Int) -> [UInt8] {
    value >= 0 && value < 256
      ? [0x4B, UInt8(value)] : [0x8A, 8] + RawZip.little(value, 8)
  }
  package static func text(_ value: String) -> [UInt8] {
    [0x58] + RawZip.little(value.utf8.count, 4) + Array(value.utf8)
  }
  package static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }
  package static func put(_ index: UInt8) -> [UInt8] { [0x71, index] }
  package static func get(_ index: UInt8) -> [UInt8] { [0x68, index] }
  package static func tuple(_ items: [UInt8]...) -> [UInt8] { mark + items.flatMap { $0 } + tuple }
  package static func ints(_ values: [Int]) -> [UInt8] { mark + values.flatMap(int) + tuple }
  package static var orderedDict: [UInt8] {
    global("collections", "OrderedDict") + emptyTuple + reduce
  }

  /// `('storage', torch.FloatStorage, key, 'cpu', count)` as a persistent id.
  package static func storage(_ key: String = "0", type: String = "FloatStorage", count: Int)
    -> [UInt8]
  {
    tuple(text("storage"), global("torch", type), text(key), text("cpu"), int(count)) + persId
  }

  /// A whole pickle that holds one value.
  package static func document(_ value: [UInt8]) -> [UInt8] { proto + value + stop }

  /// `{'w': value}`.
  package static func stateDict(_ value: [UInt8]) -> [UInt8] {
    document(emptyDict + text("w") + value + setItem)
  }

  /// `_rebuild_tensor_v2(...)` with these numbers.
  package static func tensor(
    key: String = "0", type: String = "FloatStorage", count: Int = 6, offset: Int = 0,
    shape: [Int] = [2, 3], strides: [Int] = [3, 1]
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2")
      + tuple(
        storage(key, type: type, count: count), int(offset), ints(shape), ints(strides), no,
        orderedDict) + reduce
  }
}
