// FinishedRunTests - which runs a comparison takes for the same setting.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTReports
import Testing

@testable import lmpt

@Suite struct FinishedRunTests {
  private func run(_ changed: [(key: String, value: JSON)] = []) -> FinishedRun {
    var fields: [(key: String, value: JSON)] = [
      ("seed", 0), ("lr", 0.01), ("access", .object([("cache", "/a"), ("threads", 2)])),
    ]
    for (key, value) in changed {
      guard let place = fields.firstIndex(where: { $0.key == key }) else { continue }
      fields[place].value = value
    }
    return FinishedRun(Report(title: "x"), configuration: fields)
  }

  @Test("seeds of one setting are one setting, wherever their files lay")
  func settings() {
    let first = run().settings(without: ["seed"])
    #expect(run([("seed", 3)]).settings(without: ["seed"]) == first)
    #expect(run([("access", .object([("cache", "/b")]))]).settings(without: ["seed"]) == first)
    #expect(run([("lr", 0.02)]).settings(without: ["seed"]) != first)
    #expect(run([("seed", 3)]).settings(without: []) != run().settings(without: []))
  }

  @Test("a checksum is its first digits, a path its last part")
  func values() {
    let sum = String(repeating: "a1", count: 32)
    let configuration: [(key: String, value: JSON)] = [
      ("lists_sha256", .string(sum)), ("weights", "/models/ViT.pt"), ("lr", 0.01), ("note", .null),
    ]
    let found = FinishedRun(Report(title: "x"), configuration: configuration)
    #expect(found.value("lists_sha256") == "a1a1a1a1" && found.value("weights") == "ViT.pt")
    #expect(found.value("lr") == "0.01" && found.value("note") == nil)
  }
}
