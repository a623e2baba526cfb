// CSVTableTests - tables as spreadsheets save them, and the forms that are refused.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTBytes

@Suite struct CSVTableTests {
  private func read(_ text: String) throws -> CSVTable {
    try Array(text.utf8).withUnsafeBytes { try CSVTable($0) }
  }

  @Test(
    "rows without any text are passed over, wherever they stand and however wide they are",
    arguments: [
      "path,labels\na,x\n,\n", "path,labels\na,x\n,,\n, ,\n", "path,labels\n,\n\na,x\n",
      "\n,,,\npath,labels\na,x", "path,labels\r\na,x\r\n,\r\n\r\n", "path,labels\na,x\n\"\",\"\"\n",
    ])
  func emptyRows(text: String) throws {
    let table = try read(text)
    #expect(table.header == ["path", "labels"], "\(text)")
    #expect(table.rows.map { $0.fields } == [["a", "x"]], "\(text)")
  }

  @Test("a passed-over row counts as a line")
  func lines() throws {
    #expect(try read("path,labels\n,\n\na,x\n").rows.map { $0.line } == [4])
  }

  @Test(
    "what is refused is told with its line and with what to do",
    arguments: [
      ("path;labels\na.jpg;x;y\n", 2, "there are 3 fields", "quotation marks"),
      ("path,labels\nb,x\na, \"chair, cat\"\n", 3, "space stands before", "remove the space"),
      ("path,  \"labels\"\na,x\n", 1, "space stands before", "remove the space"),
      ("path, \"labels", 1, "space stands before", "remove the space"),
    ])
  func refused(text: String, line: Int, what: String, hint: String) throws {
    do {
      _ = try read(text)
      Issue.record("accepted \(text)")
    } catch CSVTable.Failure.malformed(let found, let said, let advice) {
      #expect(found == line && said.contains(what), "\(text): \(said)")
      #expect(advice?.contains(hint) == true, "\(text)")
    }
  }

  @Test("columns between semicolons or tabs, as spreadsheets save them")
  func otherSeparators() throws {
    let expected = [["a.jpg", "x;y"], ["b, c.jpg", ""]]
    for text in [
      "path;labels\r\na.jpg;\"x;y\"\r\nb, c.jpg;\r\n",
      "\n \npath\tlabels\na.jpg\tx;y\nb, c.jpg\t\n",
      "\u{FEFF}path;labels\na.jpg;\"x;y\"\nb, c.jpg;\n",
    ] {
      let table = try read(text)
      #expect(table.header == ["path", "labels"], "\(text)")
      #expect(table.rows.map { $0.fields } == expected, "\(text)")
    }
  }

  @Test("semicolons and tabs inside a table of commas, and quotation marks inside a text, stay")
  func kept() throws {
    #expect(try read("path,a;b\n1,x;y\t\n").rows.map { $0.fields } == [["1", "x;y\t"]])
    #expect(
      try read("path,labels\n5\" lens,a \"b\"\n").rows.map { $0.fields } == [
        ["5\" lens", "a \"b\""]
      ])
    #expect(try read("path\na.jpg\n").header == ["path"])
  }
}
