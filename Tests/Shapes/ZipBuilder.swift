// ZipBuilder - zip archives made field by field, so that tests can get any field wrong.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// One entry; every field of both headers can be set apart from the truth.
package struct RawEntry {
  package var name: [UInt8]
  package var data: [UInt8]
  package var method = 0
  package var flags = 0
  package var size: Int
  package var checksum: UInt32
  package var centralExtra: [UInt8] = []
  package var comment: [UInt8] = []

  // What the local header says, if not the same.
  package var localSignature = 0x0403_4B50
  package var localName: [UInt8]?
  package var localMethod: Int?
  package var localCompressed: Int?
  package var localSize: Int?
  package var localChecksum: UInt32?
  package var localExtra: [UInt8] = []

  // What the directory says, if not the same.
  package var centralCompressed: Int?
  package var centralSize: Int?
  package var centralOffset: Int?
  package var centralSignature = 0x0201_4B50

  /// A stored entry.
  package init(_ name: String, _ data: [UInt8]) {
    self.name = Array(name.utf8)
    self.data = data
    size = data.count
    checksum = data.withUnsafeBytes { crc32($0) }
  }
}

/// An archive; the end record's fields can be set apart from the truth.
package struct RawZip {
  package var entries: [RawEntry]
  package var count: Int?
  package var directorySize: Int?
  package var directoryOffset: Int?
  package var disk = 0
  package var comment: [UInt8] = []
  package var commentCount: Int?
  package var gap: [UInt8] = []
  /// Position, size, count and offset of a zip64 end record; with it comes its locator.
  package var zip64: (count: Int, size: Int?, offset: Int?, locatorShift: Int)?

  package init(_ entries: [RawEntry]) { self.entries = entries }

  package static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  package var bytes: [UInt8] {
    func u16(_ value: Int) -> [UInt8] { RawZip.little(value, 2) }
    func u32(_ value: Int) -> [UInt8] { RawZip.little(value, 4) }
    func u64(_ value: Int) -> [UInt8] { RawZip.little(value, 8) }
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = out.count
      let local = entry.localName ?? entry.name
      out += u32(entry.localSignature) + u16(20) + u16(entry.flags)
      out += u16(entry.localMethod ?? entry.method) + u32(0x0021_0000)
      out += u32(Int(entry.localChecksum ?? entry.checksum))
      out += u32(entry.localCompressed ?? entry.data.count) + u32(entry.localSize ?? entry.size)
      out += u16(local.count) + u16(entry.localExtra.count) + local + entry.localExtra + entry.data
      directory += u32(entry.centralSignature) + u16(20) + u16(20) + u16(entry.flags)
      directory += u16(entry.method) + u32(0x0021_0000) + u32(Int(entry.checksum))
      directory += u32(entry.centralCompressed ?? entry.data.count)
      directory += u32(entry.centralSize ?? entry.size)
      directory += u16(entry.name.count) + u16(entry.centralExtra.count) + u16(entry.comment.count)
      directory += [UInt8](repeating: 0, count: 8) + u32(entry.centralOffset ?? offset)
      directory += entry.name + entry.centralExtra + entry.comment
    }
    let start = out.count
    out += directory + gap
    if let zip64 {
      let position = out.count
      out += u32(0x0606_4B50) + u64(44) + u16(45) + u16(45) + u32(0) + u32(0)
      out += u64(zip64.count) + u64(zip64.count) + u64(zip64.size ?? directory.count)
      out += u64(zip64.offset ?? start)
      out += u32(0x0706_4B50) + u32(0) + u64(position + zip64.locatorShift) + u32(1)
    }
    out += u32(0x0605_4B50) + u16(disk) + u16(disk) + u16(count ?? entries.count)
    out += u16(count ?? entries.count) + u32(directorySize ?? directory.count)
    out += u32(directoryOffset ?? start) + u16(commentCount ?? comment.count) + comment
    return out
  }
}
