// JSONParserTests - the strict reader against hand-made texts, good and bad.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@Suite("JSONParser")
struct JSONParserTests {
  @Test("a worked example with every kind of value")
  func example() throws {
    let text = #" {"a" : [1, -2.5e-1, true , false, null], "b\u00e9": "x\ud83d\ude00\n", "c":{}} "#
    let expected: JSON = [
      "a": [1, -0.25, true, false, nil], "b\u{e9}": "x\u{1F600}\n", "c": [:],
    ]
    #expect(try JSON.parse(text) == expected)
  }

  @Test(
    "numbers: whole ones exactly, others as doubles",
    arguments: [
      ("0", JSON.integer(0)), ("-0", .number(-0.0)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(0x1p63)),
      ("2.0", .number(2)), ("1e3", .number(1000)), ("1E+3", .number(1000)),
      ("0.1", .number(0.1)), ("1e-400", .number(0)), ("4.9e-324", .number(.leastNonzeroMagnitude)),
    ])
  func numbers(text: String, expected: JSON) throws {
    let value = try JSON.parse(text)
    #expect(value == expected)
    #expect(value.double?.sign == expected.double?.sign)
  }

  @Test(
    "bad texts are refused with their code",
    arguments: [
      ("", "json.end-of-data"), ("   ", "json.end-of-data"), ("\"abc", "json.end-of-data"),
      ("{\"a\":1", "json.end-of-data"), ("[1,", "json.end-of-data"), ("tru", "json.end-of-data"),
      ("-", "json.end-of-data"), ("1.", "json.end-of-data"), ("1e", "json.end-of-data"),
      ("\"\\u12", "json.end-of-data"),
      ("{\"a\":1,\"a\":2}", "json.duplicate-key"),
      ("1e999", "json.number-out-of-range"), ("-1e999", "json.number-out-of-range"),
      ("01", "json.unexpected-byte"), ("-01", "json.unexpected-byte"),
      (".5", "json.unexpected-byte"), ("+1", "json.unexpected-byte"),
      ("NaN", "json.unexpected-byte"), ("Infinity", "json.unexpected-byte"),
      ("-Infinity", "json.unexpected-byte"), ("[1,]", "json.unexpected-byte"),
      ("{\"a\":1,}", "json.unexpected-byte"), ("[,1]", "json.unexpected-byte"),
      ("[1 2]", "json.unexpected-byte"), ("{\"a\" 1}", "json.unexpected-byte"),
      ("{a:1}", "json.unexpected-byte"), ("{1:1}", "json.unexpected-byte"),
      ("// x\n1", "json.unexpected-byte"), ("/* x */ 1", "json.unexpected-byte"),
      ("'a'", "json.unexpected-byte"), ("True", "json.unexpected-byte"),
      ("[1}", "json.unexpected-byte"), ("\u{A0}1", "json.unexpected-byte"),
      ("1 2", "json.trailing-bytes"), ("{}x", "json.trailing-bytes"),
      ("1\u{0}", "json.trailing-bytes"),
      ("\"\\ud800\"", "json.lone-surrogate"), ("\"\\udc00\"", "json.lone-surrogate"),
      ("\"\\ud800\\u0041\"", "json.lone-surrogate"), ("\"\\ud800x\"", "json.lone-surrogate"),
      ("\"\\ud800\\ue000\"", "json.lone-surrogate"), ("\"\\ud800\\uffff\"", "json.lone-surrogate"),
      ("\"\\ud800\\udbff\"", "json.lone-surrogate"), ("\"\u{1F}\"", "json.control-character"),
      ("\"\\x41\"", "json.invalid-escape"), ("\"\\u00g0\"", "json.invalid-escape"),
      ("\"a\u{1}b\"", "json.control-character"), ("\"a\nb\"", "json.control-character"),
    ])
  func refusals(text: String, code: String) {
    #expect(jsonCode(Array(text.utf8)) == code, "\(text)")
  }

  @Test("byte order marks and invalid UTF-8 are refused")
  func encodings() {
    #expect(jsonCode([0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == "json.byte-order-mark")
    #expect(jsonCode([0xFF, 0xFE, 0x7B, 0, 0x7D, 0]) == "json.byte-order-mark")
    #expect(jsonCode([0xFE, 0xFF, 0, 0x7B, 0, 0x7D]) == "json.byte-order-mark")
    #expect(jsonCode([0x22, 0xFF, 0x22]) == "json.invalid-utf8")
    #expect(jsonCode([0x22, 0xC0, 0x80, 0x22]) == "json.invalid-utf8")
    #expect(jsonCode([0x22, 0xED, 0xA0, 0x80, 0x22]) == "json.invalid-utf8")
  }

  @Test("nesting is bounded, at the limit and one beyond it")
  func nesting() {
    let limit = Limits.default.nesting
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(jsonCode(nested(limit)) == nil)
    #expect(jsonCode(nested(limit + 1)) == "json.too-deep")
    #expect(jsonCode(Array(String(repeating: "[", count: 1_000_000).utf8)) == "json.too-deep")
    let objects = String(repeating: "{\"a\":", count: 10_000)
    #expect(jsonCode(Array(objects.utf8)) == "json.too-deep")
  }

  @Test("more values than the limit are refused")
  func valueLimit() {
    var limits = Limits()
    limits.jsonValues = 3
    #expect(throws: Never.self) { try JSON.parse("[1,2]", limits: limits) }
    #expect(throws: JSONError.tooManyValues(limit: 3)) { try JSON.parse("[1,2,3]", limits: limits) }
  }

  @Test("a key may have 1,024 bytes; a longer one is refused before it is compared")
  func longKeys() {
    func object(_ key: String) -> [UInt8] { Array("{\"\(key)\":0}".utf8) }
    #expect(jsonCode(object(String(repeating: "k", count: 1024))) == nil)
    #expect(jsonCode(object(String(repeating: "k", count: 1025))) == "json.key-too-long")
    // In a normal form these would take minutes.
    let marks = String(repeating: "\u{301}\u{323}", count: 300_000)
    #expect(jsonCode(object("k\(marks)")) == "json.key-too-long")
    #expect(jsonCode(Array("[\"k\(marks)\"]".utf8)) == nil)
  }

  @Test("a number of a megabyte is refused")
  func longNumber() {
    let digits = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
    #expect(jsonCode(digits) == "json.number-out-of-range")
  }

  @Test("only wanted members are kept, at any depth, and the others do not count as values")
  func keeping() throws {
    let text = #"{"a":{"b":[1,{"x":2.5e3}],"a":true,"c":[[],{},"\u00e9",null]},"c":-1,"b":2}"#
    func parse(_ keys: Set<String>, values: Int = 100) throws -> JSON {
      var limits = Limits()
      limits.jsonValues = values
      return try Array(text.utf8).withUnsafeBytes {
        try JSON.parse($0, keeping: keys, limits: limits)
      }
    }
    #expect(try parse(["a"]) == ["a": ["a": true]])
    #expect(try parse(["a"], values: 3) == ["a": ["a": true]])
    #expect(throws: JSONError.tooManyValues(limit: 2)) { try parse(["a"], values: 2) }
    #expect(try parse(["a", "b", "c", "x"]) == (try JSON.parse(text)))
    #expect(try parse([]) == .object([]))
  }

  @Test(
    "what is not kept is checked as strictly",
    arguments: [
      "1", "-0.5e+7", "\"a\\n\"", "[]", "[1,[2],{}]", "{\"k\":{\"l\":[null,true,false]}}", "", "01",
      "1.", "[1,]", "[,1]", "[1 2]", "{\"a\" 1}", "{a:1}", "{\"k\":1,}", "tru", "\"\\x\"", "[1}",
      "{\"k\":1]", "\"abc", "[", "{\"k\"", "-", "+1",
    ])
  func skipping(value: String) {
    func code(_ body: (UnsafeRawBufferPointer) throws -> JSON) -> String? {
      do {
        _ = try Array("[{\"v\":\(value)}]".utf8).withUnsafeBytes(body)
        return nil
      } catch { return (error as? JSONError)?.code }
    }
    #expect(code { try JSON.parse($0, keeping: []) } == code { try JSON.parse($0) })
    let deep = String(repeating: "[", count: 100)
    #expect(throws: JSONError.self) {
      try Array("{\"v\":\(deep)".utf8).withUnsafeBytes { try JSON.parse($0, keeping: []) }
    }
  }

  @Test("the offset of the first problem is reported")
  func offsets() {
    #expect(throws: JSONError.unexpectedByte(offset: 4, found: 0x5D, expected: "a value")) {
      try JSON.parse("[1, ]")
    }
    #expect(throws: JSONError.duplicateKey(key: "a", offset: 7)) {
      try JSON.parse("{\"a\":1,\"a\":2}")
    }
  }

  @Test(
    "each hostile text of the fixtures ends with its code in a moment",
    arguments: HostileFile.of("texts"))
  func hostileFiles(file: HostileFile) {
    file.expectCode(bytes: { _ = try JSON.parse($0) })
  }
}

/// The code of the error that a text is refused with, or nil if it is accepted.
func jsonCode(_ bytes: [UInt8]) -> String? {
  do {
    _ = try JSON.parse(bytes)
    return nil
  } catch {
    return error.code
  }
}
