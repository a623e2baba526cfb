// EventFileTests - against bytes by TensorBoard's own writer.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct EventFileTests {
  @Test func `the checksum of the nine digits is the one in RFC 3720's family of tests`() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  }

  @Test func `masked checksums are TensorBoard's`() throws {
    let cases = try JSON.parse(Fixtures.bytes("reports/crc32c.json")).array ?? []
    #expect(cases.count == 7)
    for entry in cases {
      let text = try #require(entry["hex"]?.string)
      let hex = Array(text)
      let bytes = stride(from: 0, to: hex.count, by: 2).compactMap {
        UInt8(String(hex[$0...$0 + 1]), radix: 16)
      }
      #expect(Int(CRC32C.masked(bytes)) == entry["masked"]?.int)
    }
  }

  @Test func `a file of scalars is byte for byte the one that TensorBoard writes`() throws {
    let description = try JSON.parse(Fixtures.bytes("reports/events.json"))
    let headerTime = try #require(description["header_wall_time"]?.double)
    var file = EventFile.header(wallTime: headerTime)
    let records = try #require(description["records"]?.array)
    for record in records {
      let pairs = try #require(record["values"]?.array)
      let step = try #require(record["step"]?.int)
      let wallTime = try #require(record["wall_time"]?.double)
      let values = pairs.map { pair in
        (tag: pair[0]?.string ?? "", value: Float(pair[1]?.double ?? .infinity))
      }
      file += EventFile.scalars(values, step: step, wallTime: wallTime)
    }
    let golden = try Fixtures.bytes("reports/events.tfevents")
    #expect(file == golden)
  }

  @Test func `whole records are kept and a torn or damaged one is cut`() throws {
    let golden = try Fixtures.bytes("reports/events.tfevents")
    let header = EventFile.header(wallTime: 1_700_000_000).count
    #expect(EventFile.validLength(golden) == golden.count)
    #expect(EventFile.validLength([]) == 0)
    for length in header..<(header + 30) {
      #expect(EventFile.validLength(Array(golden[..<length])) == header)
    }
    for length in header..<golden.count {  // also cut within a checksum
      #expect((header...length).contains(EventFile.validLength(Array(golden[..<length]))))
    }
    for position in [0, 9, 14, header - 1] {
      var damaged = golden
      damaged[position] ^= 1
      #expect(EventFile.validLength(damaged) == 0)
    }
    let huge = [UInt8](repeating: 0xFF, count: 40)
    #expect(EventFile.validLength(huge) == 0)
  }

  @Test func `a record that announces more than the largest integer is not followed`() {
    let length = [UInt8](repeating: 0xFF, count: 8)
    let mask = CRC32C.masked(length)
    let crc = (0..<4).map { UInt8(truncatingIfNeeded: mask >> (8 * $0)) }
    #expect(EventFile.validLength(length + crc + [UInt8](repeating: 0, count: 64)) == 0)
  }

  @Test func `the name has ten digits of seconds`() {
    #expect(EventFile.name(wallTime: 1.9) == "events.out.tfevents.0000000001.lmpt")
    #expect(EventFile.name(wallTime: 1_700_000_000) == "events.out.tfevents.1700000000.lmpt")
    #expect(EventFile.name(wallTime: .nan) == "events.out.tfevents.0000000000.lmpt")
  }
}
