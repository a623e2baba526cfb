// ZipError - what can be wrong with a zip archive.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Why an archive is not acceptable.
package enum ZipError: DiagnosticError, Equatable {
  /// No end-of-central-directory record, which every complete archive ends with.
  case noEnd
  /// Two records claim to be the end, so two readers could see two archives.
  case ambiguousEnd(first: Int, second: Int)
  /// The archive spans several disks.
  case multiDisk
  /// A record or a range lies outside the file or does not have its signature.
  case badRecord(what: String, offset: Int)
  /// The central directory does not have the declared size or number of entries.
  case directory(declared: Int, found: Int, what: String)
  /// More entries than `Limits.zipEntries`.
  case tooManyEntries(found: Int, limit: Int)
  /// An entry's name is empty, too long, not UTF-8, absolute, or climbs out with `..`.
  case badName(String, offset: Int)
  /// Two entries have one name.
  case duplicateName(String)
  /// An entry is encrypted.
  case encrypted(String)
  /// An entry is compressed in a way other than deflate.
  case method(String, found: Int)
  /// The local header of an entry disagrees with the central directory.
  case mismatch(String, what: String, central: Int, local: Int)
  /// Two entries share bytes of the file.
  case overlap(String, String)
  /// A stored entry has two different sizes.
  case storedSize(String, compressed: Int, uncompressed: Int)
  /// A deflated entry claims more bytes than `Limits.inflatedBytes` or than deflate can make.
  case tooLarge(String, declared: Int, limit: Int)
  /// A deflated entry is not exactly as long as declared, before or after inflating.
  case inflatedSize(String, declared: Int, found: Int)
  /// An entry's bytes do not have the declared checksum.
  case checksum(String, declared: UInt32, computed: UInt32)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .noEnd: "zip.no-end"
    case .ambiguousEnd: "zip.ambiguous-end"
    case .multiDisk: "zip.multi-disk"
    case .badRecord: "zip.bad-record"
    case .directory: "zip.directory"
    case .tooManyEntries: "zip.too-many-entries"
    case .badName: "zip.bad-name"
    case .duplicateName: "zip.duplicate-name"
    case .encrypted: "zip.encrypted"
    case .method: "zip.method"
    case .mismatch: "zip.mismatch"
    case .overlap: "zip.overlap"
    case .storedSize: "zip.stored-size"
    case .tooLarge: "zip.too-large"
    case .inflatedSize: "zip.inflated-size"
    case .checksum: "zip.checksum"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .noEnd: "the zip archive has no end record"
    case .ambiguousEnd(let first, let second):
      "the zip archive has two end records (offsets \(first) and \(second))"
    case .multiDisk: "the zip archive spans several disks"
    case .badRecord(let what, let offset): "no zip \(what) where one must be (offset \(offset))"
    case .directory(let declared, let found, let what):
      "the zip directory declares \(declared) \(what), \(found) are there"
    case .tooManyEntries(let found, let limit):
      "the zip archive has \(found) entries, limit \(limit)"
    case .badName(let name, let offset):
      "the zip entry name \(printable(name)) is not acceptable (offset \(offset))"
    case .duplicateName(let name): "two zip entries are called \(printable(name))"
    case .encrypted(let name): "the zip entry \(printable(name)) is encrypted"
    case .method(let name, let found):
      "the zip entry \(printable(name)) is compressed by method \(found), supported are 0 and 8"
    case .mismatch(let name, let what, let central, let local):
      "the zip entry \(printable(name)) has \(what) \(central) in the directory, \(local) in place"
    case .overlap(let first, let second):
      "the zip entries \(printable(first)) and \(printable(second)) share bytes"
    case .storedSize(let name, let compressed, let uncompressed):
      "the stored zip entry \(printable(name)) has \(compressed) bytes and claims \(uncompressed)"
    case .tooLarge(let name, let declared, let limit):
      "the zip entry \(printable(name)) claims \(declared) bytes, at most \(limit) are possible"
    case .inflatedSize(let name, let declared, let found):
      "the zip entry \(printable(name)) claims \(declared) bytes, inflating gives \(found) or more"
    case .checksum(let name, let declared, let computed):
      "the zip entry \(printable(name)) has checksum \(computed), declared is \(declared)"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .noEnd: "the file is truncated; copy or download it again"
    case .multiDisk, .encrypted, .method: "save it again as a plain archive with torch or numpy"
    default: "the file is damaged or was made to mislead; get it again from its source"
    }
  }
}
