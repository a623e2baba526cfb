// PickleShapes - pickles in torch archives, and source texts beside them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTShapes

/// A torch archive around a pickle, with the bytes of one tensor.
@Sendable private func torch(_ value: [UInt8], code: [RawEntry] = []) -> [UInt8] {
  RawZip(
    [RawEntry("a/data.pkl", Pickle.document(value)), RawEntry("a/data/0", [0, 0, 0, 0])] + code
  ).bytes
}

@Sendable private func joined(_ count: Int, _ piece: (Int) -> [UInt8]) -> [UInt8] {
  var out: [UInt8] = []
  for index in 0..<count { out += piece(index) }
  return out
}

private let pop: [UInt8] = [0x30]

/// A tensor of one element, its arguments in memo 2 and the function in memo 3.
private let tensorInMemo: [UInt8] =
  Pickle.global("torch._utils", "_rebuild_tensor_v2") + Pickle.put(3) + pop
  + Pickle.tuple(
    Pickle.storage(count: 1), Pickle.int(0), Pickle.ints([1]), Pickle.ints([1]), Pickle.no,
    Pickle.orderedDict) + Pickle.put(2) + pop

private let tensor: [UInt8] = Pickle.get(3) + Pickle.get(2) + Pickle.reduce

/// n modules whose attributes are `state`.
@Sendable private func modules(_ count: Int, _ type: (Int) -> String, state: [UInt8]) -> [UInt8] {
  Pickle.emptyList + Pickle.mark
    + joined(count) {
      Pickle.global("__torch__.m", type($0)) + Pickle.emptyTuple + Pickle.newObj + state
        + Pickle.build
    } + Pickle.appends
}

let pickleShapes: [Shape] = [
  Shape("pickle", "tensors of one dictionary", 5000, read: weights) {
    torch(
      tensorInMemo + Pickle.emptyDict + Pickle.mark
        + joined($0) { Pickle.text("w\($0)") + tensor } + Pickle.setItems)
  },
  Shape("pickle", "one list of n items, named n times", 50_000, read: weights) {
    torch(
      Pickle.emptyList + Pickle.put(0) + Pickle.mark + times($0, Pickle.none) + Pickle.appends + pop
        + Pickle.emptyList + Pickle.mark + times($0, Pickle.get(0)) + Pickle.appends)
  },
  Shape("pickle", "one list of 1000 n lists, named 8 n times", 100, read: weights) {
    torch(
      Pickle.emptyList + Pickle.put(0) + Pickle.mark + times(1000 * $0, Pickle.emptyTuple)
        + Pickle.appends + pop
        + Pickle.emptyList + Pickle.mark + times(8 * $0, Pickle.get(0)) + Pickle.appends)
  },
  Shape("pickle", "one state of n attributes, of n modules", 10_000, read: weights) {
    torch(
      Pickle.emptyDict + Pickle.put(0) + Pickle.mark
        + joined($0) { Pickle.int($0) + Pickle.emptyList } + Pickle.setItems + pop
        + modules($0, { _ in "C" }, state: Pickle.get(0)),
      code: [RawEntry("a/code/__torch__/m.py", Array("class C(Module):\n".utf8))])
  },
  Shape("pickle", "one shape of n sizes, of n tensors", 20_000, read: weights) {
    torch(
      Pickle.global("torch._utils", "_rebuild_tensor_v2") + Pickle.put(3) + pop
        + Pickle.tuple(
          Pickle.storage(count: 1), Pickle.int(0),
          Pickle.mark + times($0, Pickle.int(1)) + Pickle.tuple + Pickle.put(1), Pickle.get(1),
          Pickle.no, Pickle.orderedDict) + Pickle.put(2) + pop + times($0, tensor + pop)
        + Pickle.none)
  },
  Shape("pickle", "one key of n bytes, above n tensors", 10_000, read: weights) {
    torch(
      tensorInMemo + Pickle.text(String(repeating: "k", count: $0)) + Pickle.put(0) + pop
        + Pickle.emptyDict + Pickle.mark + times($0, Pickle.get(0) + tensor) + Pickle.setItems)
  },
  Shape("pickle", "one name of n bytes, used n times", 10_000, read: weights) {
    let name =
      Pickle.text("__torch__") + Pickle.put(0) + pop
      + Pickle.text(String(repeating: "k", count: $0)) + Pickle.put(1) + pop
    return torch(
      name + times($0, Pickle.get(0) + Pickle.get(1) + Pickle.stackGlobal + pop) + Pickle.none,
      code: [RawEntry("a/code/x.py", [])])
  },
  Shape("pickle", "appended one by one", 50_000, read: weights) {
    torch(Pickle.emptyList + times($0, Pickle.none + Pickle.append))
  },
  Shape("pickle", "set one by one", 25_000, read: weights) {
    torch(Pickle.emptyDict + times($0, Pickle.int(1) + Pickle.none + Pickle.setItem))
  },
  Shape("pickle", "marks", 50_000, read: weights) { torch(times($0, Pickle.mark)) },
  Shape("pickle", "tuples in tuples", 50_000, read: weights) {
    torch(Pickle.none + times($0, Pickle.tuple1))
  },
  Shape(
    "pickle", "lists in lists, each twice", 20,
    make: { count in
      // 2 to the power of n names, were they all followed; a million are, at every size.
      let nested = joined(min(count, 60)) { _ in Pickle.put(0) + Pickle.get(0) + [0x86] }
      return (torch(Pickle.emptyList + nested), 1_000_000)
    }, read: weights),
  Shape("torch", "n classes in n bytes of source text", 10_000, read: weights) { size in
    torch(
      modules(size / 10, { "C\($0)" }, state: Pickle.emptyDict),
      code: [RawEntry("a/code/__torch__/m.py", times(size, "\n"))])
  },
  Shape("torch", "a class of n names", 20_000, read: weights) { size in
    torch(
      modules(1, { _ in "C" }, state: Pickle.emptyDict),
      code: [
        RawEntry(
          "a/code/__torch__/m.py",
          Array("class C(Module):\n  __parameters__ = [".utf8) + texts(size) { "\"\($0)\", " })
      ])
  },
  Shape(
    "torch", "a source text that was compressed", 1 << 20,
    make: { size in
      var source = RawEntry("a/code/__torch__/m.py", deflatedRun(of: 0x0A, count: size))
      source.method = 8
      source.size = size
      source.checksum = [UInt8](repeating: 0x0A, count: size).withUnsafeBytes { crc32($0) }
      return (torch(modules(100, { "C\($0)" }, state: Pickle.emptyDict), code: [source]), size)
    }, read: weights),
]
