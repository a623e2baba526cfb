// ImageError - what can be wrong before a format's own decoder takes over.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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
  /// A width or height of zero.
  case noPixels(width: Int, height: Int)
  /// More pixels than `Limits.pixels`.
  case tooManyPixels(width: Int, height: Int, limit: Int)
  /// A side longer than `Limits.imageSide`.
  case sideTooLong(width: Int, height: Int, limit: Int)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .emptyFile: "image.empty-file"
    case .unknownFormat: "image.unknown-format"
    case .unsupportedFormat: "image.unsupported-format"
    case .notAPicture: "image.not-a-picture"
    case .noPixels: "image.no-pixels"
    case .tooManyPixels: "image.too-many-pixels"
    case .sideTooLong: "image.side-too-long"
    }
  }

  /// What is wrong.
  package var message: String {
    switch self {
    case .emptyFile:
      return "the file is empty"
    case .unknownFormat(let bytes):
      let text = bytes.map { byte in
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count < 2 ? "0" + digits : digits
      }
      return "not an image in a known format (it starts with \(text.joined(separator: " ")))"
    case .unsupportedFormat(let name):
      return "\(name) images are not supported"
    case .notAPicture(let name):
      return "this is \(name), not a picture"
    case .noPixels(let width, let height):
      return "the header declares \(width) x \(height) pixels"
    case .tooManyPixels(let width, let height, let limit):
      return "the header declares \(width) x \(height) pixels, more than the limit of \(limit)"
    case .sideTooLong(let width, let height, let limit):
      return "the header declares \(width) x \(height) pixels, a side may have at most \(limit)"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .emptyFile, .noPixels: "copy or download the file again"
    case .unknownFormat, .unsupportedFormat: "convert it to PNG, JPEG or PPM first"
    case .notAPicture: "give a PNG, JPEG or PPM picture"
    case .tooManyPixels, .sideTooLong: "scale the picture down first"
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
