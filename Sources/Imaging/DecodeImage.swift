// DecodeImage - from the bytes of a file to pixels; the format comes from the bytes.
// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What to do with a file that ends early.
public enum Truncation: Sendable {
  /// Refuse it, as Pillow does by default.
  case refuse
  /// Show what is there, as Pillow does with `LOAD_TRUNCATED_IMAGES`.
  case accept
}

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
/// - Returns: the pixels.
/// - Throws: `ImageError`, `PNGError`, `JPEGError`, `PNMError` or `InflateError`.
public func decodeImage(
  _ bytes: UnsafeRawBufferPointer, limits: Limits = .standard, truncated: Truncation = .refuse
) throws -> RGBImage {
  switch try ImageFormat(bytes) {
  case .png: return try decodePNG(bytes, limits, truncated)
  case .jpeg: return try decodeJPEG(bytes, limits, truncated)
  case .pnm: return try decodePNM(bytes, limits, truncated)
  }
}

/// Decodes an image from an array of bytes; see `decodeImage(_:limits:truncated:)`.
public func decodeImage(
  _ bytes: [UInt8], limits: Limits = .standard, truncated: Truncation = .refuse
) throws -> RGBImage {
  try bytes.withUnsafeBytes { try decodeImage($0, limits: limits, truncated: truncated) }
}

/// Decodes the image file at `path`; see `decodeImage(_:limits:truncated:)`.
///
/// - Parameters:
///   - path: the file.
///   - limits: caps on the size, checked from the header.
///   - truncated: what to do when the file ends early.
///   - orient: whether to turn the image as its EXIF orientation asks, which Pillow ignores.
/// - Returns: the pixels.
/// - Throws: `FileError` around `FileAccessError` or the decoder's error.
public func decodeImage(
  path: String, limits: Limits = .standard, truncated: Truncation = .refuse, orient: Bool = false
) throws -> RGBImage {
  let file = try FileBytes(path: path, limits: limits)
  return try inFile(path) {
    try file.withBytes { bytes in
      let image = try decodeImage(bytes, limits: limits, truncated: truncated)
      return orient ? oriented(image, exifOrientation(bytes)) : image
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
