// TorchArchiveTests - archives by hand: names, views, and descriptions that do not fit their bytes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes
import LMPTSupport
import Testing

@testable import LMPTWeights

@Suite("TorchArchive")
struct TorchArchiveTests {
  typealias P = Pickle

  /// A state-dict archive with this pickle and one storage of 24 bytes, six floats 0...5.
  static func archive(_ pickle: [UInt8], _ more: [RawEntry] = []) -> RawZip {
    let floats = (0..<6).flatMap { RawZip.little(Int(Float($0).bitPattern), 4) }
    return RawZip([RawEntry("m/data.pkl", pickle), RawEntry("m/data/0", floats)] + more)
  }

  static func read(_ zip: RawZip, limits: Limits = .default) throws -> WeightFile {
    let archive = try ZipArchiveTests.open(zip.bytes, limits: limits)
    return try TorchArchive(archive, limits: limits).read(stem: "file")
  }

  static func outcome(_ zip: RawZip, limits: Limits = .default) -> String? {
    errorCode {
      for tensor in try read(zip, limits: limits).tensors { _ = tensor.floats() }
    }
  }

  @Test("a hand-made archive, its tensor strided")
  func byHand() throws {
    let pickle = P.stateDict(P.tensor(shape: [3, 2], strides: [1, 3]))
    let file = try TorchArchiveTests.read(TorchArchiveTests.archive(pickle))
    #expect(file.tensors.map(\.name) == ["w"])
    #expect(file["w"]?.floats() == [0, 3, 1, 4, 2, 5])
    #expect(file["w"]?.contiguousFloats == nil)
  }

  @Test("contiguous float32 is used where it lies")
  func inPlace() throws {
    let pickle = P.stateDict(P.tensor(offset: 1, shape: [5], strides: [1]))
    let zip = TorchArchiveTests.archive(pickle)
    let file = try TorchArchiveTests.read(zip)
    // The hand-made archive has no padding, so the address is aligned only by chance; the values
    // must be right either way.
    if let (pointer, owner) = file["w"]?.contiguousFloats {
      withExtendedLifetime(owner) { #expect(pointer[0] == 1 && pointer[4] == 5) }
    }
    #expect(file["w"]?.floats() == [1, 2, 3, 4, 5])
  }

  @Test(
    "descriptions that do not fit their bytes are refused",
    arguments: [
      ("tensor.out-of-bounds", P.tensor(shape: [7], strides: [1])),
      ("tensor.out-of-bounds", P.tensor(offset: 1)),
      ("tensor.out-of-bounds", P.tensor(offset: 6, shape: [1], strides: [1])),
      ("tensor.out-of-bounds", P.tensor(shape: [2, 3], strides: [4, 1])),
      ("tensor.negative", P.tensor(offset: -1)),
      ("tensor.negative", P.tensor(shape: [-2, 3])),
      ("tensor.negative", P.tensor(shape: [-2, -3])),
      ("tensor.negative", P.tensor(strides: [3, -1])),
      ("tensor.overflow", P.tensor(shape: [1 << 40, 1 << 40], strides: [0, 0])),
      ("tensor.overflow", P.tensor(shape: [2], strides: [.max])),
      ("tensor.overflow", P.tensor(offset: .max, shape: [2], strides: [1])),
      ("tensor.expansion", P.tensor(shape: [1 << 30], strides: [0])),
      ("tensor.expansion", P.tensor(shape: [1 << 20, 1 << 20], strides: [0, 0])),
      ("torch.storage-size", P.tensor(count: 5)),
      ("torch.storage-size", P.tensor(count: 7)),
      ("torch.storage-size", P.tensor(count: .max)),
      ("torch.storage-size", P.tensor(type: "DoubleStorage")),
      ("torch.storage-missing", P.tensor(key: "1")),
      ("torch.storage-missing", P.tensor(key: "0 ")),
      ("torch.no-tensors", P.int(1)),
    ] as [(String, [UInt8])])
  func bounds(expected: String, tensor: [UInt8]) {
    #expect(TorchArchiveTests.outcome(TorchArchiveTests.archive(P.stateDict(tensor))) == expected)
  }

  @Test("repeated elements and empty tensors are legal descriptions")
  func legal() throws {
    func floats(_ tensor: [UInt8]) throws -> [Float]? {
      try TorchArchiveTests.read(TorchArchiveTests.archive(P.stateDict(tensor)))["w"]?.floats()
    }
    #expect(try floats(P.tensor(offset: 2, shape: [2, 2], strides: [0, 0])) == [2, 2, 2, 2])
    #expect(
      try floats(P.tensor(shape: [2, 2, 2], strides: [1, 1, 1])) == [0, 1, 1, 2, 1, 2, 2, 3])
    #expect(try floats(P.tensor(offset: 99, shape: [0, 3], strides: [3, 1])) == [])
    #expect(try floats(P.tensor(offset: 5, shape: [], strides: [])) == [5])
    #expect(try floats(P.tensor(shape: [0, 1 << 62, 1 << 62], strides: [1, 1, 1])) == [])
  }

  @Test(
    "archives of the wrong layout are refused",
    arguments: [
      ("torch.no-pickle", [RawEntry("m/data/0", [0])]),
      ("torch.no-pickle", [RawEntry("m/code/__torch__.py", [0])]),
      ("torch.folders", [RawEntry("data.pkl", P.document(P.none))]),
      ("torch.folders", [RawEntry("m/data.pkl", P.document(P.none)), RawEntry("n/x", [])]),
      ("torch.folders", [RawEntry("m/data.pkl", P.document(P.none)), RawEntry("x", [])]),
    ] as [(String, [RawEntry])])
  func layout(expected: String, entries: [RawEntry]) {
    #expect(TorchArchiveTests.outcome(RawZip(entries)) == expected)
  }

  @Test("byteorder says little, big, or is refused")
  func byteOrder() throws {
    let pickle = P.stateDict(P.tensor(shape: [1], strides: [1]))
    func zip(_ text: String) -> RawZip {
      TorchArchiveTests.archive(pickle, [RawEntry("m/byteorder", Array(text.utf8))])
    }
    #expect(TorchArchiveTests.outcome(zip("little")) == nil)
    #expect(TorchArchiveTests.outcome(zip("middle")) == "torch.byte-order")
    #expect(TorchArchiveTests.outcome(zip("")) == "torch.byte-order")
    let three = P.stateDict(P.tensor(offset: 3, shape: [1], strides: [1]))
    let big = TorchArchiveTests.archive(three, [RawEntry("m/byteorder", Array("big".utf8))])
    let swapped = Float(bitPattern: Float(3).bitPattern.byteSwapped)
    #expect(try TorchArchiveTests.read(big)["w"]?.floats() == [swapped])
  }

  @Test("names that come out equal are refused")
  func duplicates() {
    let tensor = P.tensor()
    let nested = P.emptyDict + P.text("b") + tensor + P.setItem
    let pickle = P.document(
      P.emptyDict + P.mark + P.text("a.b") + tensor + P.text("a") + nested + P.setItems)
    #expect(TorchArchiveTests.outcome(TorchArchiveTests.archive(pickle)) == "torch.duplicate-name")
    let twice = P.document(
      P.emptyDict + P.mark + P.text("a") + tensor + P.text("a") + tensor + P.setItems)
    #expect(TorchArchiveTests.outcome(TorchArchiveTests.archive(twice)) == "torch.duplicate-name")
  }

  @Test("deep, doubling and self-referential values end at the limits")
  func bombs() {
    func outcome(_ value: [UInt8]) -> String? {
      TorchArchiveTests.outcome(TorchArchiveTests.archive(P.document(value)))
    }
    // 10,000 tuples around a tensor.
    let deep = P.tensor() + [UInt8](repeating: 0x85, count: 10_000)
    #expect(outcome(deep) == "pickle.too-large")
    // A list that contains itself.
    #expect(outcome(P.emptyList + P.put(0) + P.get(0) + P.append) == "pickle.too-large")
    // Thirty lists, each holding the one before twice: 2^30 tensors if it were copied.
    var doubling = P.tensor() + P.put(0)
    for level in 1...30 {
      let below = P.get(UInt8(level - 1))
      doubling += [0x30] + P.emptyList + P.put(UInt8(level)) + P.mark + below + below + P.appends
    }
    #expect(outcome(doubling) == "torch.too-many-tensors")
    // The same with nothing inside.
    var hollow = P.emptyList + P.put(0)
    for level in 1...30 {
      let below = P.get(UInt8(level - 1))
      hollow += [0x30] + P.emptyList + P.put(UInt8(level)) + P.mark + below + below + P.appends
    }
    #expect(outcome(hollow) == "pickle.too-large")
  }

  @Test("a walk reaches a million values and ten million items, and not one more")
  func walk() {
    /// A list of `inner`, `count` times, and `more` empty lists.
    func listed(_ inner: [UInt8], _ count: Int, more: Int) -> [UInt8] {
      P.emptyList + P.mark + inner + P.put(1) + (1..<count).flatMap { _ in P.get(1) }
        + (0..<more).flatMap { _ in P.emptyList } + P.appends
    }
    func error(_ value: [UInt8]) -> PickleError? {
      do {
        _ = try Self.read(Self.archive(P.document(value)))
      } catch {
        return error as? PickleError
      }
      return nil
    }
    // The outermost list, and 999 times a list of 1,000: 1 + 999 * 1001 values.
    let thousand = listed(P.emptyList, 1000, more: 0)
    for (more, expected) in [
      (0, nil),
      (1, PickleError.tooLarge(what: "values reached through its names", limit: 1_000_000)),
    ] {
      let value = P.emptyList + P.put(0) + P.mark + thousand + P.put(2)
      let rest = (1..<999).flatMap { _ in P.get(2) } + (0..<more).flatMap { _ in P.emptyList }
      #expect(error(value + rest + P.appends) == expected)
    }
    // A hundred times a list of 99,999 numbers: 100 + 100 * 99,999 items.
    let numbers =
      P.emptyList + P.mark + [UInt8](repeating: P.none[0], count: 99_999) + P.appends
    #expect(error(listed(numbers, 100, more: 0)) == nil)
    #expect(
      error(listed(numbers, 100, more: 1))
        == .tooLarge(what: "items reached through its names", limit: 10_000_000))
  }

  @Test("a name of 1024 bytes is read, and one of 1025 is not, of one key or of several")
  func longNames() throws {
    func nested(_ keys: [String]) -> RawZip {
      let value = keys.reversed().reduce(P.tensor()) { P.emptyDict + P.text($1) + $0 + P.setItem }
      return Self.archive(P.document(value))
    }
    func keys(_ counts: Int...) -> [String] { counts.map { String(repeating: "k", count: $0) } }
    // With the dots between keys; an accented letter has two bytes.
    func accents(_ count: Int) -> [String] { [String(repeating: "é", count: count)] }
    for fitting in [keys(1024), keys(512, 511), keys(1, 1, 1020), accents(512)] {
      let file = try Self.read(nested(fitting))
      #expect(file.tensors.map(\.name) == [fitting.joined(separator: ".")])
    }
    for long in [keys(1025), keys(512, 512), keys(1, 1, 1021), accents(513)] {
      #expect(
        throws: PickleError.tooLarge(what: "bytes in a tensor's name", limit: 1024)
      ) { try Self.read(nested(long)) }
    }
  }

  @Test("many names for one storage may not add up to far more than the file")
  func expansion() {
    let tensor = P.tensor(shape: [1 << 24], strides: [0])
    var items = tensor + P.put(9)
    items = P.emptyList + P.mark + items + P.get(9) + P.appends
    #expect(
      TorchArchiveTests.outcome(TorchArchiveTests.archive(P.document(items))) == "torch.expansion")
  }

  @Test("a training checkpoint gives the model's tensors without prefix")
  func checkpoint() throws {
    let inner = P.emptyDict + P.text("w") + P.tensor() + P.setItem
    for key in TorchNames.modelKeys {
      let pickle = P.document(
        P.emptyDict + P.mark + P.text("optimizer") + P.emptyDict + P.text("v") + P.tensor()
          + P.setItem + P.text(key) + inner + P.text("epoch") + P.int(3) + P.setItems)
      let file = try TorchArchiveTests.read(TorchArchiveTests.archive(pickle))
      #expect(file.tensors.map(\.name) == ["w"])
    }
    let pickle = P.document(P.emptyDict + P.text("model") + P.tensor() + P.setItem)
    let file = try TorchArchiveTests.read(TorchArchiveTests.archive(pickle))
    #expect(file.tensors.map(\.name) == ["model"])
  }

  /// `torch.jit.save` of a module with one parameter `p`, one plain tensor `mask`, and a child.
  static func script(code: String?) -> RawZip {
    let module = P.global("__torch__.clip", "Model") + P.emptyTuple + P.newObj
    let child = P.global("__torch__.clip", "Child") + P.emptyTuple + P.newObj
    let childState = P.emptyDict + P.text("p") + P.tensor(offset: 1, shape: [1], strides: [1])
    let state =
      P.emptyDict + P.mark + P.text("p") + P.tensor() + P.text("mask") + P.tensor()
      + P.text("training") + P.yes + P.text("child") + child + childState + P.setItem + P.build
      + P.text("list") + P.emptyList + P.tensor() + P.append + P.setItems
    var entries = [RawEntry("m/constants.pkl", Array("not even a pickle".utf8))]
    entries.append(RawEntry("m/code/other.py", []))
    if let code { entries.append(RawEntry("m/code/__torch__/clip.py", Array(code.utf8))) }
    return archive(P.document(module + state + P.build), entries)
  }

  @Test("a module tree gives parameters and buffers with dotted names")
  func moduleTree() throws {
    let code = """
      class Child(Module):
        __parameters__ = ["p", ]
        __buffers__ = []
      class Model(Module):
        __parameters__ = ["p", ]
        __buffers__ = []
        child : __torch__.clip.Child
        def forward(self) -> Tensor:
          return self.p
      class Other(Module):
        __parameters__ = ["mask", ]
      """
    let file = try TorchArchiveTests.read(TorchArchiveTests.script(code: code))
    #expect(file.format == .torchScript)
    #expect(file.tensors.map(\.name) == ["p", "child.p"])
    #expect(file["child.p"]?.floats() == [1])
  }

  @Test("without the class's code all tensors of a module are taken")
  func withoutCode() throws {
    let file = try TorchArchiveTests.read(TorchArchiveTests.script(code: nil))
    #expect(file.tensors.map(\.name) == ["p", "mask", "child.p"])
    let other = try TorchArchiveTests.read(TorchArchiveTests.script(code: "class X(Module):\n"))
    #expect(other.tensors.map(\.name) == ["p", "mask", "child.p"])
  }

  @Test("source texts together have 16 MiB: the one that crosses that is refused by name")
  func sourceTexts() throws {
    /// Two modules of one tensor each, whose classes' texts are spaces, compressed.
    func script(_ sizes: [Int]) -> RawZip {
      let modules = sizes.indices.flatMap { index in
        P.text("m\(index)") + P.global("__torch__.m\(index)", "M") + P.emptyTuple + P.newObj
          + P.emptyDict + P.text("p") + P.tensor() + P.setItem + P.build
      }
      return Self.archive(
        P.document(P.emptyDict + P.mark + modules + P.setItems),
        sizes.enumerated().map { index, size in
          var text = RawEntry("m/code/__torch__/m\(index).py", deflatedRun(of: 0x20, count: size))
          text.method = 8
          text.size = size
          text.checksum = [UInt8](repeating: 0x20, count: size).withUnsafeBytes { crc32($0) }
          return text
        })
    }
    let half = 8 * 1024 * 1024
    let whole = try Self.read(script([half, half]))
    #expect(whole.tensors.map(\.name) == ["m0.p", "m1.p"])
    #expect(
      throws: ZipError.tooLarge("m/code/__torch__/m1.py", declared: half + 1, limit: half)
    ) { try Self.read(script([half, half + 1])) }
  }

  @Test("bytes that no tensor names are never looked at")
  func unreferenced() throws {
    var damaged = RawEntry("m/data/7", [1, 2, 3])
    damaged.checksum ^= 1
    let zip = TorchArchiveTests.archive(P.stateDict(P.tensor()), [damaged])
    #expect(TorchArchiveTests.outcome(zip) == nil)
  }

  @Test("the hostile pickles of the fixtures are refused with their codes", arguments: ["pickle"])
  func fixtures(kind: String) throws {
    try expectHostileCodes(kind)
  }
}
