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
    #expect(eventRecords(golden) == records.count + 1)
  }

  @Test func `the name has ten digits of seconds`() {
    #expect(EventFile.name(wallTime: 1.9) == "events.out.tfevents.0000000001.lmpt")
    #expect(EventFile.name(wallTime: 1_700_000_000) == "events.out.tfevents.1700000000.lmpt")
    #expect(EventFile.name(wallTime: .nan) == "events.out.tfevents.0000000000.lmpt")
  }
}
