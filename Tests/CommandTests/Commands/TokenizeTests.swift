// TokenizeTests - `lmpt tokenize`.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct TokenizeTests {
  @Test("ids, lines from standard input, too long and truncated")
  func tokenize() throws {
    let one = try Program.run(["tokenize", "a photo of a tvmonitor.", "--json"])
    #expect(one.output == "{\"ids\":[49406,320,1125,539,320,3197,10198,269,49407]}\n")
    let long = String(repeating: "dog ", count: 90)
    let lines = try Program.run(["tokenize", "--lines", "-", "--json"], input: "\n\(long)\ncat")
    #expect(lines.code == 0)
    let rows = lines.output.split(separator: "\n")
    #expect(rows.count == 3)
    #expect(rows[0] == "{\"ids\":[49406,49407]}")
    #expect(rows[1].hasPrefix("{\"error\":{\"code\":\"tokenizer.too-long\""))
    let cut = try Program.run(["tokenize", long, "--truncate", "--json"])
    let ids = try #require(try cut.json["ids"]?.array)
    #expect(ids.count == 77 && ids.last?.int == 49407)
  }
}
