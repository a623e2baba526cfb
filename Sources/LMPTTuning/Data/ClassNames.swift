// ClassNames - the class names of VOC-LT and COCO-LT, in the order of their labels.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// The class names of the published data sets.
package enum ClassNames {
  /// The 20 classes of VOC-LT.
  package static let voc = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
  ]

  /// The 80 classes of COCO-LT.
  package static let coco = [
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
    "traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog",
    "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella",
    "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite",
    "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich",
    "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
    "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote",
    "keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book",
    "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
  ]

  /// The names that `--classes` means: `voc`, `coco`, or a file with one name a line.
  ///
  /// A file whose lines all end in a number is read as a label file, by ``parseClassNames(_:limits:)``.
  ///
  /// - Throws: `FileError` around `DatasetError`, or what is wrong with the file.
  package static func named(_ source: String) throws -> [String] {
    if let known = KnownDataset.all.first(where: { $0.word == source })?.classNames { return known }
    let file = try FileBytes(path: source)
    return try inFile(source) {
      try file.withBytes { bytes in
        let lines = try textLines(bytes, limits: limitsOfNames(.default)).filter { !$0.isEmpty }
        guard !lines.isEmpty else { throw DatasetError.badClassLine(line: 1, found: "") }
        let isLabelFile = lines.allSatisfy { line in
          let fields = line.parts(between: " ")
          return fields.count > 1 && fields.last.flatMap { Int($0) } != nil
        }
        guard !isLabelFile else { return try parseClassNames(bytes) }
        return lines.map { spaced($0.parts(between: " ").joined(separator: " ")) }
      }
    }
  }
}

/// The limits for lines that are names: longer ones are refused by their line.
///
/// Names are compared as Unicode text, which takes the square of the accents on one letter.
func limitsOfNames(_ limits: Limits) -> Limits {
  var limits = limits
  limits.lineBytes = min(limits.lineBytes, longestName)
  return limits
}

/// Longest name of a class in bytes.
let longestName = 1024

/// Refuses what is longer than a name or a path before it is compared.
func requireShort(_ text: String, _ limit: Int) throws(AnnotationError) {
  let bytes = text.utf8.count
  guard bytes <= limit else { throw .tooLong(bytes: bytes, limit: limit) }
}

/// A name or words as they are tokenised and compared: an underscore means a space.
func spaced(_ text: String) -> String {
  text.parts(between: "_", omittingEmpty: false).joined(separator: " ")
}
