// PickleValue - what a pickle can describe: plain data, and tensors as descriptions.
// SPDX-License-Identifier: Apache-2.0

/// A value on the machine's stack.
///
/// Containers live in the machine's heap and are named by their index there, so that memoised and
/// self-referential values cost nothing to copy and nothing to release.
enum PickleValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  /// Plain data that is of no use here: bytes, integers beyond 64 bits, devices.
  case opaque
  case global(PickleGlobal)
  case node(Int)
}

/// A container or a tensor in the machine's heap.
struct PickleNode: Sendable {
  enum Kind: Sendable {
    case tuple
    case list
    /// A dictionary; its items alternate key, value.
    case dictionary
    case set
    /// A module of a TorchScript archive; its state is a dictionary.
    case module(type: String)
    case storage(PickleStorage)
    case tensor(PickleTensor)
  }

  var kind: Kind
  var items: [PickleValue] = []
  /// What BUILD gave a module.
  var state: PickleValue = .none
}

/// A reference to bytes of the archive.
struct PickleStorage: Sendable, Hashable {
  /// Name of the entry below `data/`.
  var key: String
  /// Format of its elements; `nil` for bytes whose format each tensor states.
  var dtype: DType?
  /// Number of elements, or of bytes when there is no format.
  var count: Int
}

/// A tensor's description; its numbers have not been compared with any bytes yet.
struct PickleTensor: Sendable {
  var storage: PickleStorage
  var dtype: DType
  var offset: Int
  var shape: [Int]
  var strides: [Int]
}

/// The closed list of globals.
///
/// None of them is ever looked up or called; each only names a shape
/// of data that this machine knows.
enum PickleGlobal: Sendable, Equatable {
  case orderedDict
  case counter
  case rebuildTensor(version: Int)
  case rebuildParameter
  case size
  /// Values that may stand beside the weights but are never looked at: devices, sets, bytes.
  case unused
  case dtype(DType?)
  case storage(DType?)
  /// `build_intlist` and its like: a list with a type.
  case typedList
  /// `restore_type_tag`: a value with a type.
  case typeTag
  /// A class that a TorchScript archive defines.
  case module(String)

  /// The global with this name, or `nil` if it is not in the list.
  ///
  /// `allowsModules` says whether `__torch__` classes mean anything, as they do only in
  /// TorchScript archives.
  init?(_ module: String, _ name: String, allowsModules: Bool) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDict
    case ("collections", "Counter"): self = .counter
    case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor(version: 1)
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor(version: 2)
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor(version: 3)
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch._utils", "_rebuild_parameter_with_state"): self = .rebuildParameter
    case ("torch", "Size"): self = .size
    case ("torch", "device"), ("_codecs", "encode"), ("builtins", "set"), ("__builtin__", "set"),
      ("builtins", "bytearray"), ("__builtin__", "bytearray"), ("builtins", "complex"),
      ("__builtin__", "complex"):
      self = .unused
    case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .storage(nil)
    case ("torch", let name):
      if let dtype = PickleGlobal.storages[name] {
        self = .storage(dtype)
      } else if let dtype = PickleGlobal.dtypes[name] {
        self = .dtype(dtype)
      } else if PickleGlobal.otherDtypes.contains(name) {
        self = .dtype(nil)
      } else {
        return nil
      }
    case ("torch.jit._pickle", "build_intlist"), ("torch.jit._pickle", "build_doublelist"),
      ("torch.jit._pickle", "build_boollist"), ("torch.jit._pickle", "build_tensorlist"):
      self = .typedList
    case ("torch.jit._pickle", "restore_type_tag"): self = .typeTag
    default:
      guard allowsModules, module == "__torch__" || module.hasPrefix("__torch__.") else {
        return nil
      }
      self = .module("\(module).\(name)")
    }
  }

  private static let storages: [String: DType] = [
    "DoubleStorage": .f64, "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16,
    "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8,
    "ByteStorage": .u8, "BoolStorage": .bool,
  ]

  private static let dtypes: [String: DType] = [
    "float64": .f64, "float32": .f32, "float16": .f16, "bfloat16": .bf16, "int64": .i64,
    "int32": .i32, "int16": .i16, "int8": .i8, "uint8": .u8, "bool": .bool,
  ]

  /// Number formats that may be mentioned (say, in an optimiser's state) but not loaded.
  private static let otherDtypes: Set<String> = [
    "uint16", "uint32", "uint64", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
  ]
}
