// OutputTests - what is printed with --json.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@Suite struct OutputTests {
  @Test("with --json the help, the manual page and the completions are JSON too")
  func jsonPages() throws {
    func json(_ words: String...) throws -> JSON {
      try Array(Program.run(words + ["--json"]).output.utf8).withUnsafeBytes { try JSON.parse($0) }
    }
    let overview = try json("--help")
    let train = try json("train", "--help")
    #expect(overview["commands"]?.array?.contains(train) == true)
    #expect(try json("help", "train") == train)
    let rate = train["options"]?.array?.first { $0["name"]?.string == "lr" }
    #expect(rate?["value"]?.string == "RATE" && rate?["default"]?.string == "5e-4")
    #expect(try json("man")["manual"]?.string == Program.run(["man"]).output)
    #expect(
      try json("completions", "fish")["script"]?.string
        == Program.run(["completions", "fish"]).output)
  }

  @Test("with --json a failure is an error object on standard output")
  func jsonError() throws {
    let outcome = try Program.run(["inspect", "/nonexistent.safetensors", "--json"])
    #expect(outcome.code == 3)
    let error = try outcome.json["error"]
    #expect(error?["code"]?.string?.isEmpty == false)
    #expect(error?["file"]?.string == "/nonexistent.safetensors")
  }
}
