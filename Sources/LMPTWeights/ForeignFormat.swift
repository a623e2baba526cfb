// ForeignFormat - formats of other programs that people are likely to give as weights, by their bytes.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Names the formats that are not read, each with what to do instead.
enum ForeignFormat {
  typealias Name = (format: String, hint: String)

  /// The format that the bytes belong to, as far as it can be told from its first and last ones.
  static func name(of bytes: UnsafeRawBufferPointer) -> Name? {
    let file = Start(bytes)
    for mark in marks where file.begins(mark.bytes, at: mark.offset) {
      return (mark.format, mark.hint)
    }
    return protocolBuffers(file) ?? messagePack(file)
  }

  private static let original = "give the original .pt or .safetensors"
  private static let pytorch =
    "save the PyTorch model's weights, as .safetensors or with torch.save(model.state_dict(), f)"

  private struct Mark {
    let bytes: [UInt8]
    var offset = 0
    let format: String
    let hint: String

    init(_ text: String, at offset: Int = 0, _ format: String, _ hint: String) {
      (self.bytes, self.offset, self.format, self.hint) = (Array(text.utf8), offset, format, hint)
    }

    init(_ bytes: [UInt8], at offset: Int = 0, _ format: String, _ hint: String) {
      (self.bytes, self.offset, self.format, self.hint) = (bytes, offset, format, hint)
    }
  }

  private static let marks: [Mark] = [
    Mark("GGUF", "a GGUF file, llama.cpp's", original),
    // These are numbers, stored with their low byte first.
    Mark("lmgg", "a file of old ggml", original),
    Mark("fmgg", "a file of old ggml (ggmf)", original),
    Mark("tjgg", "a file of old ggml (ggjt)", original),
    Mark("algg", "an adapter for old ggml (ggla)", original),
    Mark("ggml", "a ggml file", original),
    Mark("TFL3", at: 4, "a TensorFlow Lite model", pytorch),
    Mark("ET12", at: 4, "an ExecuTorch program", pytorch),
    Mark("ftrt", "a TensorRT engine", pytorch),
    Mark([0x89] + Array("HDF".utf8), "an HDF5 file, as Keras and TensorFlow write them", pytorch),
    Mark("model_checkpoint_path:", "the list of a TensorFlow checkpoint", pytorch),
    Mark([0x1F, 0x8B], "compressed by gzip", "unpack it with gunzip first"),
    Mark("BZh", "compressed by bzip2", "unpack it with bunzip2 first"),
    Mark([0xFD] + Array("7zXZ".utf8), "compressed by xz", "unpack it with unxz first"),
    Mark([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "unpack it with unzstd first"),
    Mark([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", "unpack it first"),
    Mark("Rar!", "a rar archive", "unpack it first"),
    Mark(
      [0x89] + Array("PNG\r\n".utf8), "a PNG picture", "this is for Imaging, which decodes pictures"
    ),
    Mark([0xFF, 0xD8, 0xFF], "a JPEG picture", "this is for Imaging, which decodes pictures"),
    Mark("%PDF", "a PDF document", original),
    Mark("<?xml", "an XML file, such as OpenVINO's description of a model", pytorch),
  ]

  /// Models that are protocol buffers, which have no magic: their first fields tell.
  private static func protocolBuffers(_ file: Start) -> Name? {
    let onnx: Name = ("an ONNX model", pytorch)
    if file[0] == 0x08, let version = file[1], (1...0x7F).contains(version), let tag = file[2] {
      switch tag {
      // ModelProto: ir_version, then a producer's name or version, a domain, a graph or opsets.
      case 0x12 where file.text(at: 3) != nil, 0x1A, 0x22, 0x32, 0x3A, 0x42: return onnx
      // SavedModel: its version, which is 1, then graphs. Core ML's is higher.
      case 0x12:
        return version == 1 ? ("a TensorFlow SavedModel", pytorch) : ("a Core ML model", pytorch)
      default: break
      }
    }
    // GraphDef: a node with a name and an operation.
    if file[0] == 0x0A, let (_, node) = file.length(at: 1), file[node] == 0x0A,
      let name = file.text(at: node + 1), file[name] == 0x12, file.text(at: name + 1) != nil
    {
      return ("a TensorFlow graph", pytorch)
    }
    // An index of a checkpoint is a table of LevelDB's, whose mark stands at its end.
    if file.ends([0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]) {
      return ("the index of a TensorFlow checkpoint", pytorch)
    }
    return nil
  }

  /// Flax writes a map from texts in MessagePack.
  private static func messagePack(_ file: Start) -> Name? {
    guard let first = file[0] else { return nil }
    let key: Int
    switch first {
    case 0x81...0x8F: key = 1
    case 0xDE: key = 3
    default: return nil
    }
    guard let byte = file[key] else { return nil }
    let (start, count): (Int, Int)
    switch byte {
    case 0xA1...0xBF: (start, count) = (key + 1, Int(byte & 0x1F))
    case 0xD9: (start, count) = (key + 2, Int(file[key + 1] ?? 0))
    default: return nil
    }
    guard file.isText(start, count) else { return nil }
    return (
      "a Flax (MessagePack) file",
      "save the weights from Python: safetensors.flax.save_file, or the PyTorch model's"
    )
  }
}

/// The beginning of a file, read without going beyond it.
private struct Start {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  subscript(offset: Int) -> UInt8? { bytes.indices.contains(offset) ? bytes[offset] : nil }

  func begins(_ magic: [UInt8], at offset: Int) -> Bool {
    bytes.count >= offset + magic.count && bytes[offset...].starts(with: magic)
  }

  func ends(_ magic: [UInt8]) -> Bool {
    bytes.count >= magic.count && bytes.suffix(magic.count).elementsEqual(magic)
  }

  /// A length of up to four bytes of seven bits, and where it ends.
  func length(at offset: Int) -> (count: Int, end: Int)? {
    var value = 0
    for index in 0..<4 {
      guard let byte = self[offset + index] else { return nil }
      value |= Int(byte & 0x7F) << (7 * index)
      if byte < 0x80 { return (value, offset + index + 1) }
    }
    return nil
  }

  /// Where a text with its length before it ends, if it is one that a person could have chosen.
  func text(at offset: Int) -> Int? {
    guard let (count, start) = length(at: offset), isText(start, count) else { return nil }
    return start + count
  }

  func isText(_ start: Int, _ count: Int) -> Bool {
    guard (1...256).contains(count), start + count <= bytes.count else { return false }
    return bytes[start..<start + count].allSatisfy { (0x20..<0x7F).contains($0) }
  }
}
