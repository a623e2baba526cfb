// ZipDirectory - the central directory of a zip archive and what it says about each entry.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Where the central directory lies and how many entries it has.
struct ZipDirectory {
  private(set) var offset: Int
  private(set) var size: Int
  private(set) var count: Int

  /// Whether an entry may be called this: a path inside the archive, without steps upwards.
  static func isName(_ name: String) -> Bool {
    let steps = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return (1...1024).contains(name.utf8.count) && !name.utf8.contains(0)
      && !name.utf8.starts(with: "/".utf8)
      && !steps.contains { $0.elementsEqual("..".utf8) }
  }

  /// Finds the directory from the end record.
  ///
  /// Source: APPNOTE 4.3.14 to 4.3.16.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    let end = try ZipDirectory.findEnd(bytes)
    var record = ByteReader(bytes, offset: end + 4)
    let (disk, firstDisk) = (try record.u16LE(), try record.u16LE())
    let (here, total) = (try record.u16LE(), try record.u16LE())
    guard disk == firstDisk, here == total, disk == 0 || disk == 0xFFFF else {
      throw ZipError.multiDisk
    }
    count = Int(total)
    size = Int(try record.u32LE())
    offset = Int(try record.u32LE())
    var directoryEnd = end
    // torch: its writer adds the 64-bit records even where 32 bits are enough.
    if end >= 20, try ZipDirectory.has(0x0706_4B50, at: end - 20, in: bytes) {
      directoryEnd = try readZip64(bytes, locator: end - 20)
    }
    // because bytes between the directory and its end record could hide a second directory.
    guard offset <= directoryEnd, directoryEnd - offset == size else {
      throw ZipError.directory(
        declared: size, found: max(directoryEnd - min(offset, directoryEnd), 0), what: "bytes")
    }
  }

  /// Reads the 64-bit end record, which replaces 32-bit fields of all ones and must agree with
  /// all others, and returns where it begins.
  private mutating func readZip64(_ bytes: UnsafeRawBufferPointer, locator: Int) throws -> Int {
    var reader = ByteReader(bytes, offset: locator + 8)
    let position = Int(clamping: try reader.u64LE())
    guard position <= locator, locator - position >= 56,
      try ZipDirectory.has(0x0606_4B50, at: position, in: bytes)
    else { throw ZipError.badRecord(what: "zip64 end record", offset: locator) }
    reader = ByteReader(bytes, offset: position + 4)
    guard try reader.u64LE() == UInt64(locator - position - 12) else {
      throw ZipError.badRecord(what: "zip64 locator", offset: locator)
    }
    try reader.skip(12)
    let (here, total) = (try reader.u64LE(), try reader.u64LE())
    guard here == total else { throw ZipError.multiDisk }
    for (field, mark, what) in [
      (\ZipDirectory.count, 0xFFFF, "entries"), (\.size, 0xFFFF_FFFF, "bytes"),
      (\.offset, 0xFFFF_FFFF, "bytes before it"),
    ] as [(WritableKeyPath<ZipDirectory, Int>, Int, String)] {
      let wide = field == \.count ? Int(clamping: total) : Int(clamping: try reader.u64LE())
      guard self[keyPath: field] == mark || self[keyPath: field] == wide else {
        throw ZipError.directory(declared: self[keyPath: field], found: wide, what: what)
      }
      self[keyPath: field] = wide
    }
    return position
  }

  private static func has(
    _ signature: UInt32, at offset: Int, in bytes: UnsafeRawBufferPointer
  ) throws -> Bool {
    var reader = ByteReader(bytes, offset: offset)
    return try reader.u32LE() == signature
  }

  /// The one end record whose comment reaches exactly to the end of the file.
  private static func findEnd(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    var found: Int?
    let last = bytes.count - 22
    guard last >= 0 else { throw ZipError.noEnd }
    var offset = last
    while offset >= max(0, last - 65_535) {
      if bytes[offset] == 0x50, try has(0x0605_4B50, at: offset, in: bytes) {
        var reader = ByteReader(bytes, offset: offset + 20)
        if Int(try reader.u16LE()) == last - offset {
          if let found { throw ZipError.ambiguousEnd(first: offset, second: found) }
          found = offset
        }
      }
      offset -= 1
    }
    guard let found else { throw ZipError.noEnd }
    return found
  }

  /// Reads all entries and checks each against its local header.
  func entries(of bytes: UnsafeRawBufferPointer, limits: Limits) throws -> [ZipEntry] {
    guard count <= limits.zipEntries else {
      throw ZipError.tooManyEntries(found: count, limit: limits.zipEntries)
    }
    let end = offset + size
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[..<end]), offset: offset)
    var entries: [(header: Int, entry: ZipEntry)] = []
    while !reader.isAtEnd {
      guard entries.count < count else {
        throw ZipError.directory(declared: count, found: count + 1, what: "entries")
      }
      let record = try ZipRecord(&reader)
      entries.append((record.headerOffset, try record.locate(in: bytes, end: offset)))
    }
    guard entries.count == count else {
      throw ZipError.directory(declared: count, found: entries.count, what: "entries")
    }
    // safety: entries that share bytes are how small archives pretend to be huge (zip bombs).
    let ordered = entries.sorted { $0.header < $1.header }
    for (first, second) in zip(ordered, ordered.dropFirst())
    where first.entry.range.upperBound > second.header {
      throw ZipError.overlap(first.entry.name, second.entry.name)
    }
    return entries.map(\.entry)
  }
}

/// One record of the central directory.
///
/// Source: APPNOTE 4.3.12, zip64 sizes 4.5.3.
private struct ZipRecord {
  var name: String
  var flags: UInt16
  var method: UInt16
  var checksum: UInt32
  var compressed: Int
  var uncompressed: Int
  var headerOffset: Int

  init(_ reader: inout ByteReader) throws {
    let start = reader.offset
    guard try reader.u32LE() == 0x0201_4B50 else {
      throw ZipError.badRecord(what: "directory entry", offset: start)
    }
    try reader.skip(4)
    flags = try reader.u16LE()
    method = try reader.u16LE()
    try reader.skip(4)
    checksum = try reader.u32LE()
    compressed = Int(try reader.u32LE())
    uncompressed = Int(try reader.u32LE())
    let nameCount = Int(try reader.u16LE())
    let extraCount = Int(try reader.u16LE())
    let commentCount = Int(try reader.u16LE())
    try reader.skip(8)
    headerOffset = Int(try reader.u32LE())
    name = try ZipRecord.name(try reader.take(nameCount), offset: start + 46)
    var extra = ByteReader(try reader.take(extraCount))
    try reader.skip(commentCount)
    try readExtra(&extra)
    if flags & 1 != 0 { throw ZipError.encrypted(name) }
    guard method == 0 || method == 8 else { throw ZipError.method(name, found: Int(method)) }
    guard method == 8 || compressed == uncompressed else {
      throw ZipError.storedSize(name, compressed: compressed, uncompressed: uncompressed)
    }
  }

  private static func name(_ bytes: UnsafeRawBufferPointer, offset: Int) throws -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw ZipError.badName(String(decoding: bytes.prefix(100), as: UTF8.self), offset: offset)
    }
    guard ZipDirectory.isName(name) else { throw ZipError.badName(name, offset: offset) }
    return name
  }

  /// Takes the 64-bit sizes that stand in for 32-bit fields of all ones.
  private mutating func readExtra(_ extra: inout ByteReader) throws {
    while extra.remaining >= 4 {
      let tag = try extra.u16LE()
      let count = Int(try extra.u16LE())
      guard count <= extra.remaining else { break }
      var field = ByteReader(try extra.take(count))
      guard tag == 1 else { continue }
      if uncompressed == 0xFFFF_FFFF { uncompressed = Int(clamping: try field.u64LE()) }
      if compressed == 0xFFFF_FFFF { compressed = Int(clamping: try field.u64LE()) }
      if headerOffset == 0xFFFF_FFFF { headerOffset = Int(clamping: try field.u64LE()) }
    }
  }

  /// Reads the local header (APPNOTE 4.3.7) and says where the entry's bytes are.
  ///
  /// `end` is where the central directory begins; no entry may reach into it.
  func locate(in bytes: UnsafeRawBufferPointer, end: Int) throws -> ZipEntry {
    guard headerOffset <= end, end - headerOffset >= 30 else {
      throw ZipError.badRecord(what: "local header", offset: headerOffset)
    }
    var local = ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[..<end]), offset: headerOffset)
    guard try local.u32LE() == 0x0403_4B50 else {
      throw ZipError.badRecord(what: "local header", offset: headerOffset)
    }
    try local.skip(2)
    let localFlags = try local.u16LE()
    try expect(Int(method), Int(try local.u16LE()), "method")
    try local.skip(4)
    let localChecksum = try local.u32LE()
    let localCompressed = Int(try local.u32LE())
    let localUncompressed = Int(try local.u32LE())
    let nameCount = Int(try local.u16LE())
    let extraCount = Int(try local.u16LE())
    guard nameCount == name.utf8.count, try local.take(nameCount).elementsEqual(name.utf8) else {
      throw ZipError.mismatch(
        name, what: "name length", central: name.utf8.count, local: nameCount)
    }
    try local.skip(extraCount)
    // Bit 3: checksum and sizes follow the bytes, so the local ones may be zero.
    let deferred = localFlags & 8 != 0
    if !deferred || localChecksum != 0 {
      try expect(Int(checksum), Int(localChecksum), "checksum")
    }
    for (what, central, found) in [
      ("compressed size", compressed, localCompressed), ("size", uncompressed, localUncompressed),
    ] where found != 0xFFFF_FFFF && !(deferred && found == 0) {
      try expect(central, found, what)
    }
    guard compressed <= local.remaining else {
      throw ZipError.badRecord(what: "entry data before the directory", offset: end)
    }
    return ZipEntry(
      name: name, isDeflated: method == 8, range: local.offset..<local.offset + compressed,
      size: uncompressed, checksum: checksum)
  }

  private func expect(_ central: Int, _ local: Int, _ what: String) throws {
    guard central == local else {
      throw ZipError.mismatch(name, what: what, central: central, local: local)
    }
  }
}
