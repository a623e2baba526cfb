// PickleMachineTests - the data-only machine: what it reads, and everything it refuses.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes
import LMPTSupport
import Testing

@testable import LMPTWeights

/// Runs the machine; returns its value and heap.
func unpickle(
  _ bytes: [UInt8], allowsModules: Bool = false, limits: Limits = .default
) throws -> (PickleValue, [PickleNode]) {
  try bytes.withUnsafeBytes { buffer in
    var machine = PickleMachine(buffer, allowsModules: allowsModules, limits: limits)
    let value = try machine.run()
    return (value, machine.heap)
  }
}

/// The code that a pickle ends with, or nil.
func pickleCode(
  _ bytes: [UInt8], allowsModules: Bool = false, limits: Limits = .default
) -> String? {
  errorCode { _ = try unpickle(bytes, allowsModules: allowsModules, limits: limits) }
}

@Suite("PickleMachine")
struct PickleMachineTests {
  typealias P = Pickle

  @Test("integers of every opcode")
  func integers() throws {
    let cases: [([UInt8], Int)] = [
      ([0x4B, 255], 255), ([0x4D, 0xFF, 0xFF], 65_535), ([0x4A, 0, 0, 0, 0x80], -0x8000_0000),
      ([0x4A, 0xFF, 0xFF, 0xFF, 0x7F], 0x7FFF_FFFF), ([0x8A, 0], 0), ([0x8A, 1, 0xFF], -1),
      ([0x8A, 2, 0xFF, 0x00], 255), ([0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], .min),
      ([0x8A, 8, 255, 255, 255, 255, 255, 255, 255, 0x7F], .max),
    ]
    for (bytes, expected) in cases {
      guard case (.int(let found), _) = try unpickle(P.document(bytes)) else {
        Issue.record("no integer: \(bytes)")
        continue
      }
      #expect(found == expected)
    }
    guard case (.opaque, _) = try unpickle(P.document([0x8A, 9] + [UInt8](repeating: 1, count: 9)))
    else { return #expect(Bool(false), "an integer beyond 64 bits is kept as unknown") }
  }

  @Test("a tensor's description comes out as it went in")
  func tensor() throws {
    let (value, heap) = try unpickle(P.document(P.tensor(count: 30, offset: 4)))
    guard case .node(let index) = value, case .tensor(let tensor) = heap[index].kind else {
      return #expect(Bool(false), "no tensor")
    }
    #expect(tensor.storage == PickleStorage(key: "0", dtype: .f32, count: 30))
    #expect(tensor.offset == 4)
    #expect(tensor.shape == [2, 3])
    #expect(tensor.strides == [3, 1])
  }

  @Test(
    "every global outside the list is refused by name, in both ways to name one",
    arguments: [
      "os.system", "posix.system", "nt.system", "builtins.eval", "builtins.exec",
      "builtins.getattr", "builtins.__import__", "__builtin__.eval", "subprocess.Popen",
      "torch.load", "torch.hub.load", "torch._utils._rebuild_sparse_tensor",
      "torch._utils._rebuild_tensor_v22", "collections.defaultdict", "collections.OrderedDict.x",
      "numpy.core.multiarray._reconstruct", "torch.nn.Linear", "torch.FloatStorage2",
      "__main__.Model", "functools.partial", "operator.attrgetter", "pickle.loads",
      "__torch__.Model", "torch.jit._pickle.build_tensor_from_id", "_codecs.decode",
    ])
  func globals(name: String) {
    let dot = name.lastIndex(of: ".") ?? name.startIndex
    let (module, last) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
    for bytes in [P.global(module, last), P.text(module) + P.text(last) + P.stackGlobal] {
      let pickle = P.document(bytes + P.emptyTuple + P.reduce)
      #expect(throws: PickleError.global(name, offset: bytes[0] == 0x63 ? 2 : bytes.count + 1)) {
        try unpickle(pickle)
      }
    }
  }

  @Test("classes of a TorchScript archive are only accepted inside one, and never called")
  func modules() {
    let module = P.global("__torch__.clip", "Model")
    #expect(pickleCode(P.document(module + P.emptyTuple + P.newObj)) == "pickle.global")
    let made = P.document(module + P.emptyTuple + P.newObj)
    #expect(pickleCode(made, allowsModules: true) == nil)
    let called = P.document(module + P.emptyTuple + P.reduce)
    #expect(pickleCode(called, allowsModules: true) == "pickle.call")
    let argued = P.document(module + P.int(1) + P.tuple1 + P.newObj)
    #expect(pickleCode(argued, allowsModules: true) == "pickle.kind")
    let lookalike = P.document(P.global("__torch__x", "Model") + P.emptyTuple + P.newObj)
    #expect(pickleCode(lookalike, allowsModules: true) == "pickle.global")
  }

  @Test("all opcodes outside the closed set are refused")
  func opcodes() {
    // Accepted: the 43 of PickleOpcode. Among the others are INST, OBJ, EXT1, DUP and all text
    // forms, as well as bytes that are no opcodes at all.
    var refused = 0
    for byte in UInt8.min...UInt8.max where PickleOpcode(rawValue: byte) == nil {
      refused += 1
      #expect(throws: PickleError.opcode(byte, offset: 2)) {
        try unpickle(P.proto + [byte] + [UInt8](repeating: 0x30, count: 20) + P.stop)
      }
    }
    #expect(refused == 256 - 43)
    for name in "iocDPIFLSVgpdl2\u{82}\u{83}\u{84}\u{8B}".unicodeScalars where name != "c" {
      #expect(PickleOpcode(rawValue: UInt8(name.value)) == nil)
    }
  }

  @Test(
    "damaged programs are refused",
    arguments: [
      ("pickle.end-of-data", []), ("pickle.end-of-data", [0x80]), ("pickle.version", [0x2E]),
      ("pickle.version", [0x80, 0, 0x4E, 0x2E]), ("pickle.version", [0x80, 1, 0x4E, 0x2E]),
      ("pickle.version", [0x80, 6, 0x4E, 0x2E]), ("pickle.version", [0x80, 255, 0x4E, 0x2E]),
      ("pickle.end-of-data", [0x80, 2, 0x4E]), ("pickle.stack", [0x80, 2, 0x2E]),
      ("pickle.trailing-bytes", [0x80, 2, 0x4E, 0x2E, 0]),
      ("pickle.stack", [0x80, 2, 0x4E, 0x4E, 0x2E]), ("pickle.stack", [0x80, 2, 0x4E, 0x28, 0x2E]),
      ("pickle.opcode", [0x80, 2, 0x80, 2, 0x4E, 0x2E]),
    ] as [(String, [UInt8])])
  func damaged(expected: String, bytes: [UInt8]) {
    #expect(pickleCode(bytes) == expected)
  }

  @Test(
    "opcodes that take values refuse to take what is not there",
    arguments: [
      0x30, 0x31, 0x85, 0x86, 0x87, 0x74, 0x61, 0x65, 0x90, 0x73, 0x75, 0x71, 0x72, 0x94, 0x93,
      0x51, 0x52, 0x81, 0x62,
    ] as [UInt8])
  func underflow(opcode: UInt8) {
    let operand: [UInt8] = opcode == 0x71 ? [0] : opcode == 0x72 ? [0, 0, 0, 0] : []
    #expect(pickleCode(P.document([opcode] + operand)) == "pickle.stack")
    // Nor may they reach below a mark.
    if ![0x30, 0x31, 0x74, 0x65, 0x90, 0x75].contains(opcode) {
      let below = P.document([0x4E, 0x4E, 0x4E, 0x28, opcode] + operand)
      #expect(pickleCode(below) == "pickle.stack")
    }
  }

  @Test(
    "values of the wrong kind are refused",
    arguments: [
      ("pickle.kind", P.emptyDict + P.mark + P.text("a") + P.setItems),
      ("pickle.kind", P.emptyList + P.text("a") + P.text("b") + P.setItem),
      ("pickle.kind", P.emptyDict + P.text("a") + P.append),
      ("pickle.kind", P.emptyTuple + P.text("a") + P.append),
      ("pickle.kind", P.int(1) + P.int(2) + P.stackGlobal),
      ("pickle.kind", P.text("os") + P.emptyTuple + P.reduce),
      ("pickle.kind", P.global("collections", "OrderedDict") + P.emptyList + P.reduce),
      ("pickle.call", P.global("collections", "OrderedDict") + P.emptyList + P.tuple1 + P.reduce),
      ("pickle.call", P.global("torch", "Size") + P.emptyTuple + P.reduce),
      ("pickle.call", P.global("torch", "FloatStorage") + P.emptyTuple + P.reduce),
      ("pickle.kind", P.tensor() + P.emptyDict + P.build),
      ("pickle.kind", P.emptyList + P.emptyDict + P.build),
      ("pickle.kind", P.global("collections", "OrderedDict") + P.emptyTuple + P.newObj),
      ("pickle.kind", P.text("0") + P.persId),
      ("pickle.kind", P.tuple(P.text("storage")) + P.persId),
      ("pickle.kind", P.storage("../data.pkl", count: 1)),
      ("pickle.kind", P.storage("a/b", count: 1)),
      ("pickle.kind", P.storage("", count: 1)),
      ("pickle.kind", P.storage("..", count: 1)),
      ("pickle.kind", P.storage("0", count: -1)),
      ("pickle.global", P.storage("0", type: "ComplexFloatStorage", count: 1)),
      ("pickle.memo", P.get(7)), ("pickle.memo", [0x6A, 0, 0, 0, 0x80]),
      ("pickle.memo", [0x4E, 0x72, 0, 0, 0, 0x80]),
      ("pickle.memo", [0x4E, 0x72, 255, 255, 255, 255]),
      ("pickle.end-of-data", [0x58, 255, 255, 255, 255, 0x61]),
      ("pickle.end-of-data", [0x8D, 255, 255, 255, 255, 255, 255, 255, 255, 0x61]),
      ("pickle.end-of-data", [0x8E, 0, 0, 0, 0, 0, 0, 0, 0x80]),
      ("pickle.end-of-data", [0x42, 255, 255, 255, 127]),
      ("pickle.end-of-data", [0x8A, 255, 0]),
      ("pickle.end-of-data", [0x95, 255, 0, 0, 0, 0, 0, 0, 0]),
      ("pickle.end-of-data", [0x63] + [UInt8](repeating: 0x61, count: 2000)),
      ("pickle.text", [0x58, 2, 0, 0, 0, 0xC3, 0x28]),
      ("pickle.text", [0x58, 3, 0, 0, 0, 0xED, 0xA0, 0x80]),
      ("pickle.text", [0x63, 0xFF, 0x0A, 0x61, 0x0A]),
    ] as [(String, [UInt8])])
  func kinds(expected: String, value: [UInt8]) {
    #expect(pickleCode(P.document(value)) == expected, "\(value)")
  }

  @Test("tensors are rebuilt from exactly the arguments that torch writes")
  func rebuilding() {
    let storage = P.storage(count: 6)
    let (zero, shape, strides) = (P.int(0), P.ints([2, 3]), P.ints([3, 1]))
    #expect(pickleCode(P.document(P.tensor())) == nil)
    func outcome(_ bytes: [UInt8]) -> String? { pickleCode(P.document(bytes)) }
    let hooks = P.orderedDict
    let dtype = P.global("torch", "float32")
    func rebuild(_ version: String, _ items: [[UInt8]]) -> [UInt8] {
      P.global("torch._utils", "_rebuild_tensor" + version) + P.mark + items.flatMap { $0 }
        + P.tuple + P.reduce
    }
    func v2(_ items: [[UInt8]]) -> [UInt8] { rebuild("_v2", items) }
    func v3(_ items: [[UInt8]]) -> [UInt8] { rebuild("_v3", items) }
    #expect(outcome(rebuild("", [storage, zero, shape, strides])) == nil)
    #expect(outcome(v2([storage, zero, shape, strides, P.yes, hooks, P.emptyDict])) == nil)
    #expect(outcome(v3([storage, zero, shape, strides, P.yes, hooks, dtype])) == nil)
    #expect(outcome(v2([])) == "pickle.call")
    #expect(outcome(v2([storage, zero, shape, strides, P.yes])) == "pickle.call")
    #expect(outcome(v2([storage, zero, shape, strides, P.int(1), hooks])) == "pickle.call")
    #expect(outcome(v2([P.int(0), zero, shape, strides, P.yes, hooks])) == "pickle.call")
    #expect(outcome(v2([storage, P.none, shape, strides, P.yes, hooks])) == "pickle.call")
    #expect(outcome(v2([storage, zero, shape, P.ints([1]), P.yes, hooks])) == "pickle.call")
    #expect(outcome(v2([storage, zero, P.int(6), P.int(1), P.yes, hooks])) == "pickle.call")
    #expect(
      outcome(
        v2([
          storage, zero, P.ints([1, 1, 1, 1, 1, 1, 1, 1, 1]),
          P.ints([1, 1, 1, 1, 1, 1, 1, 1, 1]), P.yes, hooks,
        ])) == "pickle.too-large")
    #expect(outcome(v3([storage, zero, shape, strides, P.yes, hooks])) == "pickle.call")
    #expect(outcome(v3([storage, zero, shape, strides, P.yes, hooks, P.int(1)])) == "pickle.call")
    #expect(
      outcome(v3([storage, zero, shape, strides, P.yes, hooks, P.global("torch", "uint16")]))
        == "pickle.call")
  }

  @Test("popping the result of a call does not hide the call")
  func popped() {
    let call = P.global("os", "system") + P.text("true") + P.tuple1 + P.reduce + [0x30]
    #expect(pickleCode(P.document(call + P.none)) == "pickle.global")
  }

  @Test("storms of opcodes, values and containers end at the limits")
  func storms() {
    var limits = Limits()
    limits.pickleOpcodes = 1000
    limits.pickleStack = 100
    func outcome(_ unit: [UInt8], _ count: Int) -> String? {
      let body = (0..<count).flatMap { _ in unit }
      return pickleCode(P.document(body + P.none), limits: limits)
    }
    #expect(outcome([0x4E, 0x30], 1000) == "pickle.too-large")
    #expect(outcome([0x4E], 200) == "pickle.too-large")
    #expect(outcome([0x28], 200) == "pickle.too-large")
    #expect(outcome([0x5D, 0x30], 200) == "pickle.too-large")
    #expect(outcome([0x4E, 0x94, 0x30], 200) == "pickle.memo")
  }
}
