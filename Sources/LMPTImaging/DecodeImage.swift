// DecodeImage - from the bytes of a file to pixels; the format comes from the bytes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What to do with a file that ends early.
public enum Truncation: Sendable {
  /// Refuse it, as Pillow does by default.
  case refuse
  /// Show what is there, as Pillow does with `LOAD_TRUNCATED_IMAGES`.
  case accept
}

extension RGBImage {
  /// Decodes a PNG, JPEG or PNM file to 8-bit RGB, bit for bit as Pillow's
  /// `Image.open(file).convert("RGB")`.
  ///
  /// Alpha, tRNS, gamma, colour profiles and EXIF orientation are ignored, as there
  /// (docs/Formats.md, "Images").
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - limits: caps on the size, checked from the header.
  ///   - truncated: what to do when the file ends early.
  /// - Throws: `DiagnosticError` saying what is wrong and where.
  public init(
    decoding bytes: RawSpan, limits: Limits = .default, truncated: Truncation = .refuse
  ) throws {
    self = try bytes.withUnsafeBytes {
      try RGBImage(decoding: $0, limits: limits, truncated: truncated)
    }
  }

  /// Decodes a file from an array of its bytes; see `init(decoding:limits:truncated:)`.
  public init(
    decoding bytes: [UInt8], limits: Limits = .default, truncated: Truncation = .refuse
  ) throws {
    self = try bytes.withUnsafeBytes {
      try RGBImage(decoding: $0, limits: limits, truncated: truncated)
    }
  }

  /// Decodes the image file at `path`; see `init(decoding:limits:truncated:)`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: caps on the size, checked from the header.
  ///   - truncated: what to do when the file ends early.
  ///   - orient: whether to turn the image as its EXIF orientation asks, which Pillow ignores.
  /// - Throws: `FileError` around what is wrong.
  public init(
    path: String, limits: Limits = .default, truncated: Truncation = .refuse, orient: Bool = false
  ) throws {
    let file = try FileBytes(path: path, limits: limits)
    self = try inFile(path) {
      try file.withBytes { bytes in
        let image = try RGBImage(decoding: bytes, limits: limits, truncated: truncated)
        return orient ? image.oriented(ExifOrientation(bytes)) : image
      }
    }
  }

  /// Decodes a file from memory that the caller keeps alive.
  ///
  /// - Throws: `ImageError`, `PNGError`, `JPEGError`, `PNMError` or `InflateError`.
  package init(
    decoding bytes: UnsafeRawBufferPointer, limits: Limits = .default,
    truncated: Truncation = .refuse
  ) throws {
    switch try ImageFormat(bytes) {
    case .png: self = try decodePNG(bytes, limits, truncated)
    case .jpeg: self = try decodeJPEG(bytes, limits, truncated)
    case .pnm: self = try decodePNM(bytes, limits, truncated)
    }
  }
}

/// The formats this module decodes.
package enum ImageFormat: Sendable {
  /// Portable network graphics.
  case png
  /// JPEG, baseline or progressive.
  case jpeg
  /// PBM, PGM or PPM, plain or raw.
  case pnm

  /// Recognises a format by its first bytes.
  ///
  /// - Throws: `ImageError` naming a format that is not decoded, or the bytes; `StandInError`.
  package init(_ bytes: UnsafeRawBufferPointer) throws {
    func starts(with text: [UInt8]) -> Bool {
      bytes.starts(with: text)
    }
    if bytes.isEmpty { throw ImageError.emptyFile }
    if starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.count >= 3, bytes[0] == 0x50, (0x31...0x36).contains(bytes[1]),
      PNMReader.isSpace(bytes[2]) || bytes[2] == 0x23
    {
      self = .pnm
    } else {
      try StandInError.check(bytes)
      switch ForeignImage(bytes) {
      case .picture(let name): throw ImageError.unsupportedFormat(name)
      case .other(let name): throw ImageError.notAPicture(name)
      case nil: throw ImageError.unknownFormat(firstBytes: Array(bytes.prefix(8)))
      }
    }
  }
}
