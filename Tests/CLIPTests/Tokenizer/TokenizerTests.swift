// TokenizerTests - ids against OpenAI's tokenizer.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@testable import LMPTCLIP

@Suite struct TokenizerTests {
  let tokenizer: Tokenizer

  init() throws { tokenizer = try Tokenizer.clip() }

  /// The JSON lines of a fixture.
  static func lines(_ name: String) throws -> [JSON] {
    try Fixtures.bytes("tokenizer/\(name)").split(separator: 0x0A).map { line in
      try line.withUnsafeBytes { try JSON.parse($0) }
    }
  }

  static func ids(_ json: JSON?) -> [Int32] {
    (json?.array ?? []).compactMap { $0.int.map(Int32.init) }
  }

  /// SHA-256 of the ids of many texts: each text's count and ids, little-endian.
  static func digest(_ lists: some Sequence<[Int32]>) -> String {
    var hash = SHA256()
    for ids in lists {
      ([Int32(ids.count)] + ids).map(\.littleEndian).withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }

  @Test(
    "ids written down from the original",
    arguments: [
      ("a photo of a person.", [320, 1125, 539, 320, 2533, 269]),
      ("a photo of a traffic light.", [320, 1125, 539, 320, 3399, 1395, 269]),
      ("a photo of a tvmonitor.", [320, 1125, 539, 320, 3197, 10198, 269]),
      ("aeroplane", [27735, 3980]),
      ("diningtable", [1462, 653, 2175]),
      ("pottedplant", [3547, 4841, 3912]),
      ("X X X person.", [343, 343, 343, 2533, 269]),
      ("", []),
      ("   ", []),
    ] as [(String, [Int32])])
  func writtenDown(text: String, ids: [Int32]) throws {
    #expect(tokenizer.encode(text) == ids)
    #expect(try tokenizer.tokenize(text) == [49406] + ids + [49407])
  }

  @Test("20,000 hard texts have the original's ids")
  func hardTexts() throws {
    let lines = try Self.lines("texts.jsonl")
    #expect(lines.count == 20_000)
    var wrong = 0
    for line in lines {
      let text = try #require(line["text"]?.string)
      let (found, expected) = (tokenizer.encode(text), Self.ids(line["ids"]))
      if found != expected {
        wrong += 1
        if wrong <= 5 { Issue.record("\(text.debugDescription): \(found), expected \(expected)") }
      }
    }
    #expect(wrong == 0)
  }

  @Test("bytes that are not UTF-8 have the ids of Python's replacement characters")
  func brokenBytes() throws {
    let lines = try Self.lines("bytes.jsonl")
    #expect(lines.count == 600)
    for line in lines {
      let hex = try #require(line["hex"]?.string)
      let digits = hex.utf8.map { $0 < 0x40 ? $0 - 0x30 : $0 - 0x57 }
      let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
      #expect(tokenizer.encode(utf8: bytes) == Self.ids(line["ids"]), "\(hex)")
    }
  }

  @Test("code points of every block have the original's class, case and composition")
  func everyScalar() throws {
    for line in try Self.lines("scalars.jsonl") {
      let block = UInt32(try #require(line["block"]?.int))
      let step = UInt32(try #require(line["step"]?.int))
      let scalars = stride(from: block << 12, to: (block + 1) << 12, by: Int(step))
        .compactMap(Unicode.Scalar.init)
      let found = Self.digest(
        scalars.lazy.map { tokenizer.encode("A\u{3A3}\($0)x \($0)\u{3A3}") })
      #expect(found == line["sha256"]?.string, "block \(String(block << 12, radix: 16))")
    }
  }

  /// The folder of the authors' lists: LMPT_LISTS or ../shared/data/lmpt.
  static let lists: String? = {
    let named = ProcessInfo.processInfo.environment["LMPT_LISTS"]
    let beside = Fixtures.root.appendingPathComponent("../../shared/data/lmpt").path
    return [named, beside].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/voc/voc_lt_captions.txt")
    }
  }()

  @Test(
    "all lines and captions of the authors' lists have the original's ids",
    .enabled(if: lists != nil, "set LMPT_LISTS to the folder data of richard-peng-xia/LMPT"))
  func authorsLists() throws {
    let folder = try #require(Self.lists)
    for line in try Self.lines("lists.jsonl") {
      let name = try #require(line["file"]?.string)
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      var rows = data.split(separator: 0x0A, omittingEmptySubsequences: false)
      if rows.last?.isEmpty == true { rows.removeLast() }
      #expect(rows.count == line["lines"]?.int)
      let whole = Self.digest(rows.lazy.map { tokenizer.encode(utf8: $0) })
      #expect(whole == line["whole"]?.string, "\(name)")
      let captions = Self.digest(
        rows.lazy.map { row in
          let space = row.firstIndex(of: 0x20)
          return tokenizer.encode(utf8: space.map { row[($0 + 1)...] } ?? Data())
        })
      #expect(captions == line["afterPath"]?.string, "\(name)")
    }
  }

  @Test("75 tokens fit between start and end, 76 do not")
  func contextLength() throws {
    let fits = String(repeating: "cat ", count: 75)
    let row = try tokenizer.tokenize(fits)
    #expect(row.count == 77 && row.first == 49406 && row.last == 49407)
    let tooLong = fits + "dog"
    #expect(throws: TokenizerError.tooLong(tokens: 78, limit: 77)) {
      try tokenizer.tokenize(tooLong)
    }
    #expect(try tokenizer.tokenize(tooLong, truncate: .toFit) == row)
    #expect(try tokenizer.padded("cat") == [49406, 2368, 49407] + [Int32](repeating: 0, count: 74))
  }

  @Test("decoding gives the cleaned text back, a space after each word")
  func decoding() throws {
    #expect(
      try tokenizer.decode(tokenizer.encode("A  photo of caf\u{E9}!")) == "a photo of caf\u{E9} ! ")
    #expect(try tokenizer.decode([49406, 320, 49407]) == "<|startoftext|>a <|endoftext|>")
    #expect(throws: TokenizerError.unknownToken(49408, limit: 49408)) {
      try tokenizer.decode([49408])
    }
    #expect(throws: TokenizerError.self) { try tokenizer.decode([-1]) }
  }

  @Test("an explanation shows cleaning, pieces, merges and ids")
  func explanation() throws {
    let explanation = tokenizer.explain("The caf&eacute;'s 2 <|endoftext|>")
    #expect(
      explanation.cleaned
        == "the caf&eacute;'s 2 <|endoftext|>".replacing("&eacute;", with: "\u{E9}"))
    #expect(explanation.pieces.map(\.text) == ["the", "caf\u{E9}", "'s", "2", "<|endoftext|>"])
    let the = explanation.pieces[0]
    #expect(the.merges.map(\.rank) == [1, 6] && the.tokens == ["the</w>"])
    #expect(the.merges.map(\.symbols) == [["th", "e</w>"], ["the</w>"]])
    #expect(explanation.ids == tokenizer.encode("The caf\u{E9}'s 2 <|endoftext|>"))
  }

  @Test("a mebibyte takes time in proportion, whatever it holds")
  func longTexts() {
    let mebibyte = 1 << 20
    // Measured here: a test's own time limit counts the time in which it waits for its turn, too.
    let time = ContinuousClock().measure {
      for unit in [
        "a", "!", "abracadabra", "\u{E9}", "\u{C3}\u{A9}", "\u{C3}\u{A9} \u{65E5}", "&lt;", "\n",
        "\u{301}",
      ] {
        let text = "a" + String(repeating: unit, count: mebibyte / unit.utf8.count)
        #expect(!tokenizer.encode(text).isEmpty)
      }
    }
    // Four seconds on a free core; with the square of the length it would be hours.
    #expect(time < .seconds(60), "\(time)")
  }
}
