// ForeignImage - pictures that are not decoded and files that are none, by name.
// SPDX-License-Identifier: Apache-2.0

/// What a file is that no decoder here reads, as far as its bytes tell.
enum ForeignImage {
  /// A picture, called by its format.
  case picture(String)
  /// Something else, as a phrase with its article.
  case other(String)

  /// Recognises a file; nil when nothing is known about it.
  init?(_ bytes: UnsafeRawBufferPointer) {
    func starts(with text: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + text.count && bytes[offset...].starts(with: text)
    }
    func starts(with text: String, at offset: Int = 0) -> Bool {
      starts(with: Array(text.utf8), at: offset)
    }
    if starts(with: "RIFF"), bytes.count >= 12 {
      switch ForeignImage.word(bytes, at: 8) {
      case "WEBP": self = .picture("WebP")
      case "AVI ": self = .other("an AVI video")
      case let kind: self = .other("a RIFF file of kind '\(kind)'")
      }
    } else if starts(with: "ftyp", at: 4), bytes.count >= 12 {
      self = ForeignImage.isoFile(bytes)
    } else if ["moov", "mdat", "wide", "pnot", "skip", "free"].contains(where: {
      starts(with: $0, at: 4)
    }) {
      self = .other("a QuickTime video")
    } else if let name = ForeignImage.pictures.first(where: { starts(with: $0.magic) })?.name {
      self = .picture(name)
    } else if let name = ForeignImage.others.first(where: { starts(with: $0.magic) })?.name {
      self = .other(name)
    } else if ForeignImage.isSVG(bytes) {
      self = .picture("SVG")
    } else if ForeignImage.isTGA(bytes) {
      self = .picture("TGA")
    } else {
      return nil
    }
  }

  private static let pictures: [(magic: [UInt8], name: String)] =
    [
      ("GIF8", "GIF"), ("BM", "BMP"), ("II*\0", "TIFF"), ("MM\0*", "TIFF"), ("II+\0", "TIFF"),
      ("MM\0+", "TIFF"), ("8BPS", "PSD (Photoshop)"), ("qoif", "QOI"), ("DDS ", "DDS"),
      ("\0\0\0\u{0C}JXL ", "JPEG XL (JXL)"), ("\0\0\0\u{0C}jP  ", "JPEG 2000"),
      ("#?RADIANCE", "Radiance HDR"), ("#?RGBE", "Radiance HDR"), ("gimp xcf", "XCF (GIMP)"),
      ("FUJIFILMCCD-RAW", "raw camera (RAF)"), ("IIRO", "raw camera (ORF)"),
      ("IIU\0", "raw camera (RW2)"), ("farbfeld", "farbfeld"), ("icns", "ICNS"), ("FLIF", "FLIF"),
      ("P7\n", "PAM"), ("PF\n", "PFM"), ("Pf\n", "PFM"), ("SIMPLE  =", "FITS"), ("DICM", "DICOM"),
    ].map { (Array($0.0.utf8), $0.1) } + [
      ([0xFF, 0x0A], "JPEG XL (JXL)"), ([0xFF, 0x4F, 0xFF, 0x51], "JPEG 2000"),
      ([0, 0, 1, 0], "ICO"), ([0, 0, 2, 0, 1, 0], "CUR"), ([0x76, 0x2F, 0x31, 1], "OpenEXR"),
      ([0x42, 0x50, 0x47, 0xFB], "BPG"), ([0x0A, 5, 1, 8], "PCX"), ([1, 0xDA, 1], "SGI"),
      ([1, 0xDA, 0], "SGI"), ([0xD7, 0xCD, 0xC6, 0x9A], "WMF"),
    ]

  private static let others: [(magic: [UInt8], name: String)] =
    [
      ("%PDF", "a PDF document"), ("%!PS", "a PostScript document"), ("OggS", "an Ogg file"),
      ("FLV\u{1}", "a Flash video"), ("ID3", "an MP3 file"),
    ].map { (Array($0.0.utf8), $0.1) } + [
      ([0x1A, 0x45, 0xDF, 0xA3], "a Matroska or WebM video"),
      ([0, 0, 1, 0xBA], "an MPEG video"), ([0, 0, 1, 0xB3], "an MPEG video"),
      ([0x50, 0x4B, 3, 4], "a zip archive"), ([0x1F, 0x8B], "a gzip file"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a numpy array"),
    ]

  private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> String {
    String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
  }

  /// Files of boxes: their brand says whether they are pictures, and of which kind.
  ///
  /// `mif1` and `msf1` stand for any coding; the brands behind tell which.
  private static func isoFile(_ bytes: UnsafeRawBufferPointer) -> ForeignImage {
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let end = min(bytes.count, max(16, min(length, 256)))
    let brands = [8] + stride(from: 16, through: end - 4, by: 4)
    for brand in brands.map({ word(bytes, at: $0) }) {
      switch brand {
      case "avif", "avis": return .picture("AVIF")
      case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs": return .picture("HEIC")
      case "crx ": return .picture("raw camera (CR3)")
      case "jxl ": return .picture("JPEG XL (JXL)")
      case "jp2 ", "jpx ", "jph ": return .picture("JPEG 2000")
      case "qt  ": return .other("a QuickTime video")
      case "3gp4", "3gp5", "3gp6", "3g2a": return .other("a 3GP video")
      case "M4A ", "M4B ": return .other("an MPEG-4 audio file")
      case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "dash", "MSNV", "M4V ",
        "M4VP", "f4v ", "mmp4":
        return .other("an MP4 video")
      default: continue
      }
    }
    let major = word(bytes, at: 8)
    return ["mif1", "msf1", "mif2", "miaf"].contains(major)
      ? .picture("HEIF") : .other("a file of the MP4 family (brand '\(major)')")
  }

  private static func isSVG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let start = bytes.prefix(1024)
    guard start.first(where: { $0 > 0x20 && $0 < 0x80 }) == 0x3C else { return false }
    return String(decoding: start, as: UTF8.self).contains("<svg")
  }

  /// TGA has no mark at its beginning; newer files have one at their end, and the fields of the
  /// header of older ones allow so little that nothing else fits.
  private static func isTGA(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 18 else { return false }
    if bytes.suffix(18).starts(with: Array("TRUEVISION-XFILE".utf8)) { return true }
    func short(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
    let (map, kind, depth) = (bytes[1], bytes[2], bytes[16])
    let isIndexed = kind == 1 || kind == 9
    guard map <= 1, isIndexed ? map == 1 : [2, 3, 10, 11].contains(kind),
      short(12) > 0, short(14) > 0, bytes[17] & 0xC0 == 0, bytes[17] & 15 <= 8
    else { return false }
    if map == 0, bytes[3..<8].contains(where: { $0 != 0 }) { return false }
    return (kind == 3 || kind == 11 || isIndexed ? [8, 16] : [15, 16, 24, 32]).contains(depth)
  }
}
