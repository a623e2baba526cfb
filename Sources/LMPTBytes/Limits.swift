// Limits - the caps on what a file may make us allocate or do, as far as a program can change them.
// SPDX-License-Identifier: Apache-2.0

/// Caps that parsers check from headers, before they allocate.
///
/// The defaults are generous for honest files and far below what would hurt a machine;
/// docs/Formats.md says what each reader checks, SECURITY.md what proves it.
public struct Limits: Sendable, Equatable {
  /// Most pixels of an image: twice Pillow's warning level, where Pillow raises an error.
  public var pixels = 178_956_970
  /// Longest side of an image, in pixels (JPEG itself ends at 65,535).
  public var imageSide = 65_535
  /// Most scans of a progressive JPEG; each costs a pass over all coefficients.
  public var jpegScans = 100
  /// Most pixels of all scans of a JPEG together: 24 scans of the largest picture, where encoders
  /// write about ten.
  public var jpegScanPixels = 1 << 32
  /// Most bytes of a file that is read whole: all but weights, which are mapped.
  public var readBytes = 1 << 31
  /// Most bytes that one deflate stream may expand to.
  public var inflatedBytes = 1 << 30
  /// Most entries of a zip archive.
  public var zipEntries = 65_535
  /// Most opcodes that the pickle machine executes.
  public var pickleOpcodes = 10_000_000
  /// Deepest nesting of a pickle or JSON value.
  public var nesting = 64
  /// Most values in one JSON text.
  public var jsonValues = 4_000_000
  /// Longest key of a JSON object in bytes. Text is compared in a normal form, which takes the square
  /// of the accents on one letter.
  public var jsonKey = 1024
  /// Most values on the pickle stack or in its memo.
  public var pickleStack = 1_000_000
  /// Longest safetensors header in bytes, as the format's own reader.
  public var safetensorsHeader = 100_000_000
  /// Most tensors in one file.
  public var tensors = 100_000
  /// Most entries of the metadata of one file.
  public var metadata = 100_000
  /// Highest rank of a tensor.
  public var rank = 8
  /// Longest npy header in bytes.
  public var npyHeader = 65_536
  /// Longest line of a list, caption or label file, in bytes.
  public var lineBytes = 1 << 20
  /// Most lines of a list, caption or label file.
  public var lines = 10_000_000

  /// The documented defaults.
  public static let `default` = Limits()

  /// Limits with every cap at its default.
  public init() {}
}
