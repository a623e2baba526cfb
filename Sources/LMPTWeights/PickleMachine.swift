// PickleMachine - reads a pickle as data: a closed set of opcodes, nothing is ever called.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The stack machine of the pickle format, without its dangerous half.
///
/// A pickle is a program that Python runs; its GLOBAL and REDUCE opcodes can name and call any
/// function. This machine knows only opcodes that build data, and a closed list of globals, each of
/// which it treats as the name of a kind of data (`PickleGlobal`). Anything else ends the reading
/// with an error that prints the name. Source: Python's `pickletools`; PEP 307, PEP 3154.
struct PickleMachine {
  let limits: Limits
  let allowsModules: Bool

  var reader: ByteReader
  var stack: [PickleValue] = []
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]
  /// Longest name of a module or a function in bytes.
  static let lineLimit = 1024
  /// All containers and tensors of the pickle.
  var heap: [PickleNode] = []

  /// Where the current opcode stands, for messages.
  var opcodeOffset = 0

  /// A machine for one pickle, which is borrowed while `run` runs; `allowsModules` accepts the
  /// `__torch__` classes of TorchScript archives.
  init(_ bytes: UnsafeRawBufferPointer, allowsModules: Bool, limits: Limits) {
    reader = ByteReader(bytes)
    self.limits = limits
    self.allowsModules = allowsModules
  }

  /// Reads the pickle and returns its value; `heap` has its containers.
  mutating func run() throws -> PickleValue {
    do {
      guard try reader.u8() == 0x80 else { throw PickleError.version(found: 0) }
      let version = try reader.u8()
      guard (2...5).contains(version) else { throw PickleError.version(found: Int(version)) }
      var steps = 0
      while true {
        steps += 1
        guard steps <= limits.pickleOpcodes else {
          throw PickleError.tooLarge(what: "opcodes", limit: limits.pickleOpcodes)
        }
        opcodeOffset = reader.offset
        let byte = try reader.u8()
        guard let opcode = PickleOpcode(rawValue: byte) else {
          throw PickleError.opcode(byte, offset: opcodeOffset)
        }
        if opcode == .stop { break }
        try step(opcode)
        guard stack.count + marks.count <= limits.pickleStack else {
          throw PickleError.tooLarge(what: "values on its stack", limit: limits.pickleStack)
        }
      }
    } catch let error as ByteError {
      guard case .endOfData(let offset, _, _) = error else { throw error }
      throw PickleError.endOfData(offset: offset)
    }
    guard reader.isAtEnd else { throw PickleError.trailingBytes(offset: reader.offset) }
    let value = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw PickleError.stack(offset: opcodeOffset) }
    return value
  }

  private mutating func step(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .stop: break
    case .frame:
      guard try reader.u64LE() <= UInt64(reader.remaining) else {
        throw PickleError.endOfData(offset: opcodeOffset)
      }
    case .mark: marks.append(stack.count)
    case .pop: if !popTopMark() { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.int(Int(Int32(bitPattern: try reader.u32LE()))))
    case .binInt1: stack.append(.int(Int(try reader.u8())))
    case .binInt2: stack.append(.int(Int(try reader.u16LE())))
    case .long1: stack.append(try long(Int(try reader.u8())))
    case .binFloat:
      let (high, low) = (UInt64(try reader.u32BE()), UInt64(try reader.u32BE()))
      stack.append(.float(Double(bitPattern: high << 32 | low)))
    case .shortBinUnicode: stack.append(.string(try text(UInt64(try reader.u8()))))
    case .binUnicode: stack.append(.string(try text(UInt64(try reader.u32LE()))))
    case .binUnicode8: stack.append(.string(try text(try reader.u64LE())))
    case .shortBinBytes: try opaque(UInt64(try reader.u8()))
    case .binBytes: try opaque(UInt64(try reader.u32LE()))
    case .binBytes8: try opaque(try reader.u64LE())
    case .emptyTuple: try push(.tuple, [])
    case .tuple1: try push(.tuple, try pop(1))
    case .tuple2: try push(.tuple, try pop(2))
    case .tuple3: try push(.tuple, try pop(3))
    case .tuple: try push(.tuple, try popToMark())
    case .emptyList: try push(.list, [])
    case .emptyDict: try push(.dictionary, [])
    case .emptySet: try push(.set, [])
    case .append: try extend("a list", try pop(1)) { if case .list = $0 { true } else { false } }
    case .appends:
      try extend("a list", try popToMark()) { if case .list = $0 { true } else { false } }
    case .addItems:
      try extend("a set", try popToMark()) { if case .set = $0 { true } else { false } }
    case .setItem: try setItems(try pop(2))
    case .setItems: try setItems(try popToMark())
    case .binPut: try put(Int(try reader.u8()))
    case .longBinPut: try put(Int(try reader.u32LE()))
    case .memoize: try put(memo.count)
    case .binGet: try get(Int(try reader.u8()))
    case .longBinGet: try get(Int(try reader.u32LE()))
    case .global: try pushGlobal(try line(), try line())
    case .stackGlobal:
      // The limit is that of GLOBAL's lines: a long name in the memo could be named many times.
      guard case .string(let name) = try pop(), case .string(let module) = try pop(),
        max(name.utf8.count, module.utf8.count) <= PickleMachine.lineLimit
      else {
        throw PickleError.kind(offset: opcodeOffset, expected: "a module's and a global's name")
      }
      try pushGlobal(module, name)
    case .binPersId: try pushStorage(try pop())
    case .reduce: try reduce()
    case .newObj: try newObject()
    case .build: try build()
    }
  }
}

// The stack, the memo and the heap.
extension PickleMachine {
  mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw PickleError.stack(offset: opcodeOffset)
    }
    return value
  }

  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw PickleError.stack(offset: opcodeOffset)
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popTopMark() -> Bool {
    guard let mark = marks.last, mark == stack.count else { return false }
    marks.removeLast()
    return true
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw PickleError.stack(offset: opcodeOffset) }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  mutating func push(_ kind: PickleNode.Kind, _ items: [PickleValue]) throws {
    guard heap.count < limits.pickleStack else {
      throw PickleError.tooLarge(what: "containers", limit: limits.pickleStack)
    }
    heap.append(PickleNode(kind: kind, items: items))
    stack.append(.node(heap.count - 1))
  }

  /// The index of the container on top of the stack, which stays there.
  func top(_ expected: String, where accepts: (PickleNode.Kind) -> Bool) throws -> Int {
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw PickleError.stack(offset: opcodeOffset)
    }
    guard case .node(let index) = value, accepts(heap[index].kind) else {
      throw PickleError.kind(offset: opcodeOffset, expected: expected)
    }
    return index
  }

  private mutating func extend(
    _ expected: String, _ items: [PickleValue], where accepts: (PickleNode.Kind) -> Bool
  ) throws {
    heap[try top(expected, where: accepts)].items.append(contentsOf: items)
  }

  private mutating func setItems(_ items: [PickleValue]) throws {
    guard items.count % 2 == 0 else {
      throw PickleError.kind(offset: opcodeOffset, expected: "as many keys as values")
    }
    try extend("a dictionary", items) { if case .dictionary = $0 { true } else { false } }
  }

  private mutating func put(_ index: Int) throws {
    guard index < limits.pickleStack else {
      throw PickleError.memo(index: index, offset: opcodeOffset)
    }
    guard stack.count > (marks.last ?? 0), let value = stack.last else {
      throw PickleError.stack(offset: opcodeOffset)
    }
    memo[index] = value
  }

  private mutating func get(_ index: Int) throws {
    guard let value = memo[index] else {
      throw PickleError.memo(index: index, offset: opcodeOffset)
    }
    stack.append(value)
  }
}

// Strings and long integers.
extension PickleMachine {
  private mutating func text(_ count: UInt64) throws -> String {
    // safety: the claimed length is compared with the bytes that are there before anything is made.
    let bytes = try reader.take(Int(clamping: count))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PickleError.text(offset: opcodeOffset)
    }
    return text
  }

  private mutating func opaque(_ count: UInt64) throws {
    try reader.skip(Int(clamping: count))
    stack.append(.opaque)
  }

  /// A little-endian two's complement integer; beyond 64 bits only its presence is kept.
  private mutating func long(_ count: Int) throws -> PickleValue {
    let bytes = try reader.take(count)
    guard count <= 8 else { return .opaque }
    var value: UInt64 = 0
    for (index, byte) in bytes.enumerated() { value |= UInt64(byte) << (8 * index) }
    if let last = bytes.last, last & 0x80 != 0, count < 8 { value |= ~0 << (8 * count) }
    return .int(Int(Int64(bitPattern: value)))
  }

  /// The text up to the next newline, as GLOBAL has it; module and function names are short.
  private mutating func line() throws -> String {
    let rest = reader.bytes[reader.offset...].prefix(PickleMachine.lineLimit)
    guard let end = rest.firstIndex(of: 0x0A) else {
      throw PickleError.endOfData(offset: reader.offset)
    }
    let bytes = try reader.take(end - reader.offset)
    try reader.skip(1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PickleError.text(offset: opcodeOffset)
    }
    return text
  }
}

/// The opcodes that the machine knows; all others end the reading.
enum PickleOpcode: UInt8 {
  case stop = 0x2E
  case frame = 0x95
  case mark = 0x28
  case pop = 0x30
  case popMark = 0x31
  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case binInt = 0x4A
  case binInt1 = 0x4B
  case binInt2 = 0x4D
  case long1 = 0x8A
  case binFloat = 0x47
  case shortBinUnicode = 0x8C
  case binUnicode = 0x58
  case binUnicode8 = 0x8D
  case shortBinBytes = 0x43
  case binBytes = 0x42
  case binBytes8 = 0x8E
  case emptyTuple = 0x29
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case tuple = 0x74
  case emptyList = 0x5D
  case emptyDict = 0x7D
  case emptySet = 0x8F
  case append = 0x61
  case appends = 0x65
  case addItems = 0x90
  case setItem = 0x73
  case setItems = 0x75
  case binPut = 0x71
  case longBinPut = 0x72
  case memoize = 0x94
  case binGet = 0x68
  case longBinGet = 0x6A
  case global = 0x63
  case stackGlobal = 0x93
  case binPersId = 0x51
  case reduce = 0x52
  case newObj = 0x81
  case build = 0x62
}
