// PaperTests - `lmpt paper` outside a checkout, and the numbers that it prints.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@Suite struct PaperTests {
  @Test("outside a checkout the page cannot be made, and the stored one is named")
  func outside() throws {
    let folder = try TemporaryFolder()
    for words in ["paper --html page.html", "paper --numbers E6"] {
      let outcome = try Program.shell("cd '\(folder.path)' && $LMPT \(words)")
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("the page is made from the sources, and they are not here"))
      #expect(outcome.errors.contains("the stored page is docs/paper/index.html"))
    }
    #expect(try folder.files.isEmpty)
  }

  /// A command in the checkout.
  private func run(_ words: String) throws -> Outcome {
    try Program.shell("cd '\(Fixtures.root.deletingLastPathComponent().path)' && $LMPT \(words)")
  }

  @Test("the numbers of an equation are printed as a table, with --json as cells")
  func numbers() throws {
    let text = try run("paper --numbers E4")
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("n       person, dog, aeroplane  775"), "\(text.output)")
    let json = try run("paper --numbers E4 --json").json
    let rows = try #require(json["table"]?.array).compactMap { $0.array?.compactMap(\.string) }
    #expect(json["name"] == "E4" && rows[0].first == "value")
    #expect(rows[1] == ["n", "person, dog, aeroplane", "775", "48", "6"])
    // 0.2 / 6^(1/4), by hand: 6^(1/2) is 2.449490, its root 1.565085.
    #expect(rows[2].first == "margin" && rows[2].last == "0.12779")
  }

  @Test("another name is a mistake of the command line that lists the names")
  func unknown() throws {
    let outcome = try run("paper --numbers E9")
    #expect(outcome.code == 2 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("expected one of E1, E2, "), "\(outcome.errors)")
    #expect(try run("paper --numbers E6 --html x.html").code == 2)
  }

  @Test("a file in the place of the example's folder is told before anything is made")
  func exampleIsFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("afile", "mine")
    let outcome = try run("paper --html '\(folder.path)/x.html' --example '\(file)'")
    #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("lmpt: \(file): this is a file, not a folder"))
    #expect(try folder.files == ["afile"])
  }
}
