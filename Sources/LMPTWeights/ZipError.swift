// ZipError - what can be wrong with a zip archive.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .noEnd:
      Diagnostic(
        "zip.no-end", "the zip archive has no end record",
        hint: "the file is truncated; copy or download it again")
    case .ambiguousEnd(let first, let second):
      Diagnostic(
        "zip.ambiguous-end", "the zip archive has two end records (offsets \(first) and \(second))",
        hint: misleading)
    case .multiDisk:
      Diagnostic(
        "zip.multi-disk", "the zip archive spans several disks",
        hint: "save it again as a plain archive with torch or numpy")
    case .badRecord(let what, let offset):
      Diagnostic(
        "zip.bad-record", "no zip \(what) where one must be (offset \(offset))", hint: misleading)
    case .directory(let declared, let found, let what):
      Diagnostic(
        "zip.directory", "the zip directory declares \(declared) \(what), \(found) are there",
        hint: misleading)
    case .tooManyEntries(let found, let limit):
      Diagnostic(
        "zip.too-many-entries", "the zip archive has \(found) entries, limit \(limit)",
        hint: misleading)
    case .badName(let name, let offset):
      Diagnostic(
        "zip.bad-name",
        "the zip entry name \(printable(name)) is not acceptable (offset \(offset))",
        hint: misleading)
    case .duplicateName(let name):
      Diagnostic(
        "zip.duplicate-name", "two zip entries are called \(printable(name))", hint: misleading)
    case .encrypted(let name):
      Diagnostic(
        "zip.encrypted", "the zip entry \(printable(name)) is encrypted",
        hint: "save it again as a plain archive with torch or numpy")
    case .method(let name, let found):
      Diagnostic(
        "zip.method",
        "the zip entry \(printable(name)) is compressed by method \(found), supported are 0 and 8",
        hint: "save it again as a plain archive with torch or numpy")
    case .mismatch(let name, let what, let central, let local):
      Diagnostic(
        "zip.mismatch",
        "the zip entry \(printable(name)) has \(what) \(central) in the directory, \(local) in place",
        hint: misleading)
    case .overlap(let first, let second):
      Diagnostic(
        "zip.overlap", "the zip entries \(printable(first)) and \(printable(second)) share bytes",
        hint: misleading)
    case .storedSize(let name, let compressed, let uncompressed):
      Diagnostic(
        "zip.stored-size",
        "the stored zip entry \(printable(name)) has \(compressed) bytes and claims \(uncompressed)",
        hint: misleading)
    case .tooLarge(let name, let declared, let limit):
      Diagnostic(
        "zip.too-large",
        "the zip entry \(printable(name)) claims \(declared) bytes, at most \(limit) are possible",
        hint: misleading)
    case .inflatedSize(let name, let declared, let found):
      Diagnostic(
        "zip.inflated-size",
        "the zip entry \(printable(name)) claims \(declared) bytes, inflating gives \(found) or more",
        hint: misleading)
    case .checksum(let name, let declared, let computed):
      Diagnostic(
        "zip.checksum",
        "the zip entry \(printable(name)) has checksum \(computed), declared is \(declared)",
        hint: misleading)
    }
  }
}

private let misleading = "the file is damaged or was made to mislead; get it again from its source"
