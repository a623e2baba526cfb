// ImageError - what can be wrong before a format's own decoder takes over.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What is wrong with an image as a whole.
package enum ImageError: DiagnosticError, Equatable {
  /// No bytes at all.
  case emptyFile
  /// The first bytes belong to no known format.
  case unknownFormat(firstBytes: [UInt8])
  /// A format that is recognised but not decoded.
  case unsupportedFormat(String)
  /// A file of another kind: a video, a document.
  case notAPicture(String)
  /// A folder without a picture.
  case noneInFolder
  /// A width or height of zero.
  case noPixels(width: Int, height: Int)
  /// More pixels than `Limits.pixels`.
  case tooManyPixels(width: Int, height: Int, limit: Int)
  /// A side longer than `Limits.imageSide`.
  case sideTooLong(width: Int, height: Int, limit: Int)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .emptyFile:
      Diagnostic("image.empty-file", "the file is empty", hint: again)
    case .unknownFormat(let bytes):
      Diagnostic(
        "image.unknown-format",
        "not an image in a known format (it starts with \(hexadecimal(bytes)))",
        hint: "convert it to PNG, JPEG or PPM first")
    case .unsupportedFormat(let name):
      Diagnostic(
        "image.unsupported-format", "\(name) images are not supported",
        hint: "convert it to PNG, JPEG or PPM first")
    case .notAPicture(let name):
      Diagnostic(
        "image.not-a-picture", "this is \(name), not a picture",
        hint: "give a PNG, JPEG or PPM picture")
    case .noneInFolder:
      Diagnostic(
        "image.none", "there is no picture in the folder",
        hint: "give a folder with PNG, JPEG or PPM pictures; folders inside it are not searched")
    case .noPixels(let width, let height):
      Diagnostic("image.no-pixels", "the header declares \(width) x \(height) pixels", hint: again)
    case .tooManyPixels(let width, let height, let limit):
      Diagnostic(
        "image.too-many-pixels",
        "the header declares \(width) x \(height) pixels, more than the limit of \(limit)",
        hint: "scale the picture down first")
    case .sideTooLong(let width, let height, let limit):
      Diagnostic(
        "image.side-too-long",
        "the header declares \(width) x \(height) pixels, a side may have at most \(limit)",
        hint: "scale the picture down first")
    }
  }

  /// Checks a size from a header, before anything is allocated for it.
  static func check(width: Int, height: Int, _ limits: Limits) throws(ImageError) {
    guard width > 0, height > 0 else { throw .noPixels(width: width, height: height) }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= limits.pixels else {
      throw .tooManyPixels(width: width, height: height, limit: limits.pixels)
    }
    guard max(width, height) <= limits.imageSide else {
      throw .sideTooLong(width: width, height: height, limit: limits.imageSide)
    }
  }
}

/// Bytes as `89 50 4E 47`.
private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }.joined(separator: " ")
}

private let again = "copy or download the file again"
