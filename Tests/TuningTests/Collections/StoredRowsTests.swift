// StoredRowsTests - more rows than a file of a folder holds, cut where they should be and read back.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTWeights
import Testing

@testable import LMPTTuning

@Suite struct StoredRowsTests {
  private let each = RowFormat.blockRows
  /// Three more than the first file holds.
  private let count = RowFormat.blockRows + 3
  private let record = CollectionRecord(
    facts: [("list", "abc"), ("kernel", "k")], shard: .whole, total: RowFormat.blockRows + 3,
    width: 1, dtype: .f32)

  /// A result whose rows are their own numbers.
  private func write(_ path: String) throws {
    let store = try #require(try RowStore.open(path, record, resume: false))
    let values = (0..<count).map { Float($0) }
    let names = (0..<count).map { JSON.string("\($0)") }
    try values.withUnsafeBytes { try store.append($0, names: names, left: []) }
    try store.finish()
  }

  @Test("one file has all rows, however many", arguments: ["x.npy", "x.safetensors"])
  func oneFile(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    try write(path)
    let tensor = try #require(try WeightFile.read(path).tensors.first)
    #expect(tensor.shape == [count, 1])
    #expect(tensor.floats() == (0..<count).map { Float($0) })
  }

  @Test("the last file of a folder has what is left, and the index says so")
  func lastFile() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x"
    try write(path)
    let second = try NPY.read("\(path)/000001.npy")
    #expect(second.shape == [3, 1])
    #expect(second.floats() == [Float(each), Float(each + 1), Float(each + 2)])
    let blocks = try #require(try JSON.read("\(path)/index.json")["blocks"]?.array)
    #expect(blocks.map { $0["first"]?.int } == [0, each])
    #expect(blocks.map { $0["rows"]?.int } == [each, 3])
  }

  @Test("rows are read from the file that has them, also across its end and back again")
  func reading() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x"
    try write(path)
    let rows = try StoredRows(path, record, count: count)
    for range in [each - 2..<each + 1, each + 1..<each + 3, 0..<2, 0..<count] {
      var found: [Float] = []
      try rows.with(range) { bytes, part in
        #expect(bytes.count == 4 * part.count)
        found += part.indices.map {
          bytes.loadUnaligned(fromByteOffset: 4 * ($0 - part.lowerBound), as: Float.self)
        }
      }
      #expect(found == range.map { Float($0) })
    }
  }
}
