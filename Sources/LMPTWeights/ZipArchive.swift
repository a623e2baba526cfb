// ZipArchive - the entries of a zip archive, found through its central directory only.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// One file inside an archive.
struct ZipEntry: Sendable {
  /// Its path inside the archive.
  let name: String
  /// Whether its bytes are deflated; otherwise they are stored.
  let isDeflated: Bool
  /// Position and number of its bytes in the archive.
  let range: Range<Int>
  /// Number of its bytes once inflated.
  let size: Int
  /// CRC-32 that its bytes should have.
  let checksum: UInt32
}

/// A zip archive in memory.
///
/// Opening checks everything that the headers say, against each other and against the file: every
/// entry lies inside the file, no two share a byte, names are unique, the local headers agree with
/// the central directory. Contents are not touched. Source: APPNOTE.TXT 6.3.10, section 4.3.
struct ZipArchive: Sendable {
  let entries: [ZipEntry]
  let file: TensorStorage
  private let positions: [String: Int]
  private let limits: Limits

  /// Entries together may exceed the archive this many times, plus one stream's own limit.
  private static let expansionFactor = 16

  init(_ file: TensorStorage, limits: Limits) throws {
    self.file = file
    self.limits = limits
    let directory = try ZipDirectory(file.bytes)
    entries = try directory.entries(of: file.bytes, limits: limits)
    var positions: [String: Int] = [:]
    positions.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      guard positions.updateValue(index, forKey: entry.name) == nil else {
        throw ZipError.duplicateName(entry.name)
      }
    }
    self.positions = positions
  }

  /// The entry with this path.
  subscript(name: String) -> ZipEntry? { positions[name].map { entries[$0] } }

  /// Refuses an archive whose deflated entries would together take memory far beyond its own size.
  ///
  /// - Parameter wanted: the entries that are going to be inflated and kept.
  /// - Throws: `ZipError.tooLarge`.
  func checkExpansion(_ wanted: some Sequence<ZipEntry>) throws(ZipError) {
    let limit = file.bytes.count * ZipArchive.expansionFactor + limits.inflatedBytes
    var total = 0
    for entry in wanted where entry.isDeflated {
      let (sum, overflow) = total.addingReportingOverflow(entry.size)
      guard !overflow, sum <= limit else {
        throw .tooLarge(entry.name, declared: entry.size, limit: limit - total)
      }
      total = sum
    }
  }

  /// An entry's bytes as `contents` gives them, but not before they are wanted.
  func deferred(_ entry: ZipEntry, verify: Bool) throws -> TensorStorage {
    guard entry.isDeflated || verify else { return try contents(entry, verify: false) }
    return TensorStorage(count: entry.size, owner: file.owner) {
      try contents(entry, verify: verify)
    }
  }

  /// The first bytes of an entry, unverified: no more than `count`, fewer where it ends or is
  /// damaged.
  func prefix(_ entry: ZipEntry, _ count: Int) -> [UInt8] {
    let slice = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    guard entry.isDeflated else { return Array(slice.prefix(count)) }
    return [UInt8](unsafeUninitializedCapacity: min(count, entry.size)) { buffer, produced in
      let target = UnsafeMutableRawBufferPointer(buffer)
      produced = inflatePrefix(slice, wrapping: .raw, into: target).progress.produced
    }
  }

  /// An entry's bytes: a slice of the file if stored, inflated if not.
  ///
  /// `verify` demands the checksum, if one was written, at the cost of a pass over the bytes;
  /// deflated entries are always verified. Tensors' stored bytes are used where they lie, without a pass, as torch does.
  func contents(_ entry: ZipEntry, verify: Bool) throws -> TensorStorage {
    let slice = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    guard entry.isDeflated else {
      // torch: set_crc32_options(False) writes 0 for every checksum.
      if verify, entry.checksum != 0 { try check(slice, entry) }
      return TensorStorage(slice, owner: file.owner)
    }
    // safety: deflate cannot exceed 1032 to 1, so an honest size is bounded by the bytes we hold.
    let bound = entry.range.count.multipliedReportingOverflow(by: 1032)
    let limit = min(limits.inflatedBytes, bound.overflow ? .max : bound.partialValue + 1032)
    guard entry.size <= limit else {
      throw ZipError.tooLarge(entry.name, declared: entry.size, limit: limit)
    }
    try requireMemory(entry.size)
    let inflated = OwnedBytes(count: entry.size)
    let progress = try inflate(slice, wrapping: .raw, into: inflated.buffer)
    guard progress.produced == entry.size, progress.isFinished, progress.consumed == slice.count
    else {
      throw ZipError.inflatedSize(entry.name, declared: entry.size, found: progress.produced)
    }
    try check(UnsafeRawBufferPointer(inflated.buffer), entry)
    return TensorStorage(UnsafeRawBufferPointer(inflated.buffer), owner: inflated)
  }

  private func check(_ bytes: UnsafeRawBufferPointer, _ entry: ZipEntry) throws {
    let computed = crc32(bytes)
    guard computed == entry.checksum else {
      throw ZipError.checksum(entry.name, declared: entry.checksum, computed: computed)
    }
  }
}
