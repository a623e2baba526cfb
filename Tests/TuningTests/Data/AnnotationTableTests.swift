// AnnotationTableTests - tables of one's own photographs as they come, and what is said of the rest.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import LMPTTuning
import Testing

@Suite("tables of annotations")
struct AnnotationTableTests {
  private func read(_ text: String, classes: [String]? = nil) throws -> MultiLabelSet {
    try Array(text.utf8).withUnsafeBytes {
      try MultiLabelSet($0, format: .table, classNames: classes)
    }
  }

  @Test(
    "headers with spaces and capitals are understood",
    arguments: [
      "path,labels", "path, labels", "Path,Labels", " PATH ,LABELS ", "\u{FEFF}path,labels",
    ])
  func headers(header: String) throws {
    let set = try read("\(header)\na.jpg,dog;red bus\n")
    #expect(set.classNames == ["dog", "red bus"] && set.images.map(\.path) == ["a.jpg"])
  }

  @Test("the column of captions, too, and names of classes keep their capitals")
  func otherColumns() throws {
    let set = try read("Path, Caption , Dog,red Bus\na.jpg,a walk,1, 1\nb.jpg,,0,1 \n")
    #expect(set.classNames == ["Dog", "red Bus"] && set.images.map(\.labels) == [[0, 1], [1]])
    #expect(set.captions == ["a.jpg": "a walk"])
  }

  @Test(
    "two words without a semicolon anywhere are refused, however often the words stand apart",
    arguments: [
      ("a.jpg,red bus\n", 2, "red bus", "'red;bus' if it is two"),
      ("a.jpg,red bus\nb.jpg,bus\nc.jpg,red\n", 2, "red bus", "'red bus;' if it is one name"),
      ("a.jpg,0 1\nb.jpg,1 cat\n", 3, "1 cat", "'1;cat'"),
      ("a.jpg,dog\nb.jpg,  big  red bus \n", 3, "big red bus", "'big;red;bus' if each word is one"),
    ])
  func twoWords(rows: String, line: Int, found: String, hint: String) throws {
    do {
      _ = try read("path,labels\n\(rows)")
      Issue.record("accepted \(rows)")
    } catch AnnotationError.ambiguousLabels(let place, let labels, let suggestion) {
      #expect(place == line && labels == found && suggestion.contains(hint), "\(suggestion)")
    }
  }

  @Test("numbers between spaces, single words, and one semicolon anywhere are clear")
  func clear() throws {
    #expect(try read("path,labels\na.jpg,0 2\nb.jpg,2\n").classNames == ["0", "2"])
    #expect(try read("path,labels\na.jpg, dog \nb.jpg,cat\n").classNames == ["cat", "dog"])
    #expect(try read("path,labels\na.jpg,red bus\nb.jpg,cat;\n").classNames == ["cat", "red bus"])
  }

  @Test("with given classes only a name of two words is in doubt")
  func given() throws {
    let text = "path,labels\na.jpg,red bus\n"
    #expect(try read(text, classes: ["bus", "red"]).images.map(\.labels) == [[0, 1]])
    for classes in [["red bus"], ["bus", "red", "red_bus"]] {
      let code = errorCode { _ = try read(text, classes: classes) }
      #expect(code == "annotations.ambiguous-labels", "\(classes)")
    }
  }

  @Test(
    "a table that is none of the two forms is told what it lacks",
    arguments: [
      (
        "path,label\na.jpg,dog\n", 2,
        "there is no column 'labels' (the header has: 'path', 'label')"
      ),
      ("path,dog\na.jpg,1\nb.jpg,yes\n", 3, "a class of 0 and 1"),
      ("path;labels\na.jpg;dog;cat\n", 2, "quotation marks"),
      ("path,labels\na.jpg, \"chair, cat\"\n", 2, "remove the space"),
      ("path,labels\na.jpg,dog;\n,cat\n", 3, "write the path, or remove the line"),
      ("path,labels\na.jpg,dog\n  ,cat\n", 3, "write the path, or remove the line"),
    ])
  func told(text: String, line: Int, hint: String) throws {
    do {
      _ = try read(text)
      Issue.record("accepted \(text)")
    } catch AnnotationError.badCSV(let place, _, let advice) {
      #expect(place == line && advice?.contains(hint) == true, "\(advice ?? "")")
    }
  }

  @Test("without a column 'path' the names that are there are told")
  func noPath() throws {
    do {
      _ = try read("file,labels\na.jpg,dog\n")
      Issue.record("accepted")
    } catch let error as AnnotationError {
      #expect(error.message.contains("(the header has: 'file', 'labels')"))
    }
  }

  @Test("empty rows of a spreadsheet are no photographs")
  func emptyRows() throws {
    let set = try read("path,labels,caption\na.jpg,dog,x\n,,\n,,\n")
    #expect(set.images.map(\.path) == ["a.jpg"])
  }

  @Test("an empty cell is no caption, in a table of labels and in one of captions")
  func emptyCaptions() throws {
    let some = try read("path,labels,caption\na.jpg,dog,\nb.jpg,cat,\"  \"\nc.jpg,cat,sleeps\n")
    #expect(some.captions == ["c.jpg": "sleeps"])
    #expect(throws: AnnotationError.noCaption(path: "a.jpg")) {
      try CaptionSource(some.captions).captions(for: some.images)
    }
    #expect(try read("path,labels,caption\na.jpg,dog,\n").captions.isEmpty)
    #expect(throws: AnnotationError.noCaption(path: "a.jpg")) {
      try CaptionSource(["a.jpg": " \n"]).captions(for: [ListedImage(path: "a.jpg", labels: [])])
    }
    let folder = try TemporaryFolder()
    let table = try folder.write("c.csv", "Path,Caption\na.jpg,\na.jpg,one\nb.jpg,\n")
    let source = try CaptionSource(path: table)
    #expect(try source.captions(for: [ListedImage(path: "a.jpg", labels: [])]) == ["one"])
    #expect(throws: AnnotationError.noCaption(path: "b.jpg")) {
      try source.captions(for: [ListedImage(path: "b.jpg", labels: [])])
    }
  }
}
