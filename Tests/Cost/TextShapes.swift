// TextShapes - lists, tables, annotations, and texts for the tokenizer.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTCLIP
import LMPTTuning

@Sendable private func set(_ format: AnnotationFormat, _ input: [UInt8], classes: [String]? = nil) {
  _ = input.withUnsafeBytes { try? MultiLabelSet($0, format: format, classNames: classes) }
}

@Sendable private func list(_ input: [UInt8]) {
  _ = input.withUnsafeBytes { try? parseImageList($0, classes: 1 << 20) }
}

@Sendable private func labels(_ input: [UInt8]) {
  _ = input.withUnsafeBytes { try? parseClassNames($0) }
}

@Sendable private func table(_ input: [UInt8]) { set(.table, input) }
@Sendable private func xml(_ input: [UInt8]) { set(.voc, input) }
@Sendable private func coco(_ input: [UInt8]) { set(.coco, input) }

private let tokenizer = try? Tokenizer.clip()

@Sendable private func encoded(_ input: [UInt8]) { _ = tokenizer?.encode(utf8: input) }

@Sendable private func tokenized(
  _ name: String, _ size: Int, bytes: @escaping @Sendable (Int) -> [UInt8]
) -> Shape {
  var shape = Shape("tokenizer", name, size, read: encoded, bytes: bytes)
  shape.prepare = { encoded(Array("e\u{301} &amp; \u{C3}\u{A9}".utf8)) }
  return shape
}

@Sendable private func words(_ name: String, _ size: Int, _ piece: String) -> Shape {
  tokenized(name, size) { times($0, piece) }
}

let textShapes: [Shape] = [
  Shape("list", "lines", 5_000, read: list) { texts($0) { "a/\($0).jpg 1\n" } },
  Shape("list", "labels of one line", 3_750, read: list) {
    Array("a.jpg".utf8) + texts($0) { " \($0)" }
  },
  Shape("list", "spaces", 25_000, read: list) {
    Array("a.jpg 1".utf8) + times($0, " \t") + [0x32]
  },
  Shape("list", "class names", 5_000, read: labels) { texts($0) { "c_\($0) \($0)\n" } },
  Shape(
    "list", "captions", 2_500,
    read: { input in
      _ = input.withUnsafeBytes { bytes in
        try? parseCaptions(
          bytes,
          images: (0..<80_000).prefix(bytes.count / 32).map {
            ListedImage(path: "\($0)", labels: [])
          })
      }
    }
  ) { texts($0) { "\($0) " + String(repeating: "w ", count: 13) + "\n" } },
  Shape("CSV", "rows", 2_500, read: table) {
    Array("path,labels\n".utf8)
      + texts($0) { $0 % 2 == 0 ? "\($0).jpg,cat;dog\n" : "\($0).jpg,cat\n" }
  },
  Shape("CSV", "one quoted field", 50_000, read: table) {
    Array("path,labels\na.jpg,\"".utf8) + times($0, "\"\"") + Array("\"\n".utf8)
  },
  Shape("CSV", "line ends in quotes", 50_000, read: table) {
    Array("path,labels\na.jpg,\"".utf8) + times($0, "\n") + Array("\"\n".utf8)
  },
  Shape("CSV", "columns", 5_000, read: table) {
    Array("path".utf8) + texts($0) { ",c\($0)" } + Array("\na.jpg".utf8) + times($0, ",1") + [0x0A]
  },
  Shape("CSV", "empty lines", 50_000, read: table) { times($0, "\n") + Array("path".utf8) },
  Shape("CSV", "classes of one row", 5_000, read: table) {
    Array("path,labels\na.jpg,".utf8) + texts($0) { "c\($0);" } + [0x0A]
  },
  Shape("CSV", "one column", 7_500, read: table) {
    Array("path\n".utf8) + texts($0) { "\($0)\n" }
  },
  Shape("XML", "objects", 1_250, read: xml) {
    Array("<annotation>".utf8) + times($0, "<object><name>cat</name></object>")
      + Array("</annotation>".utf8)
  },
  Shape("XML", "attributes", 12_500, read: xml) {
    Array("<annotation".utf8) + times($0, " a=\"b\"") + Array("/>".utf8)
  },
  Shape("XML", "comments", 5_000, read: xml) {
    Array("<annotation>".utf8) + times($0, "a<!---->") + Array("</annotation>".utf8)
  },
  Shape("XML", "entities", 12_500, read: xml) {
    Array("<annotation><filename>".utf8) + times($0, "&amp;")
      + Array("</filename></annotation>".utf8)
  },
  Shape("XML", "white space", 25_000, read: xml) {
    Array("<annotation><filename>".utf8) + times($0, " \n") + Array("</filename></annotation>".utf8)
  },
  Shape("XML", "an unclosed comment", 25_000, read: xml) { Array("<!--".utf8) + times($0, "-") },
  Shape("XML", "empty elements", 5_000, read: xml) {
    Array("<annotation>".utf8) + times($0, "<a/>") + Array("</annotation>".utf8)
  },
  Shape("COCO", "annotations", 1_250, read: coco) {
    Array("{\"categories\":[{\"id\":1,\"name\":\"cat\"}],\"images\":[".utf8)
      + texts($0) { "{\"id\":\($0),\"file_name\":\"\($0).jpg\"}," }.dropLast()
      + Array("],\"annotations\":[".utf8)
      + texts($0) { "{\"image_id\":\($0),\"category_id\":1}," }.dropLast() + Array("]}".utf8)
  },
  Shape("COCO", "categories", 1_250, read: coco) {
    Array("{\"categories\":[".utf8) + texts($0) { "{\"id\":\($0),\"name\":\"c\($0)\"}," }.dropLast()
      + Array("],\"images\":[],\"annotations\":[]}".utf8)
  },
  Shape("COCO", "polygons that are passed over", 12_500, read: coco) {
    Array("{\"polygons\":[".utf8) + times($0, "[0.5],") + Array("0]}".utf8)
  },
  words("one word of one letter", 20_000, "a"),
  words("one word of many letters", 5000, "theandofinto"),
  words("words", 10_000, "cat "),
  words("digits", 20_000, "7"),
  words("combining marks", 5000, "\u{301}\u{327}"),
  words("combining marks of the highest class first", 5000, "\u{345}\u{334}"),
  words("broken UTF-8", 5000, "\u{C3}\u{A9}"),
  words("broken UTF-8, twice", 3000, "\u{C3}\u{83}\u{C2}\u{A9}"),
  words("broken UTF-8 among letters", 3000, "\u{4E00}\u{C3}\u{A9} a"),
  words("ampersands", 20_000, "&"),
  words("references", 5000, "&amp;"),
  words("emoji", 5000, "\u{1F600}"),
  tokenized("references in references", 5000) {
    [0x26] + times($0, "amp;")
  },
  tokenized("references in references, with an accent", 2000) {
    Array("\u{E9}&".utf8) + times($0, "amp;")
  },
]
