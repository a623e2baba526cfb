// AnnotationFormatTests - prefixes, orders and fallbacks of annotation formats that a slip would swap.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTSupport
import Testing

@Suite("annotation formats")
struct AnnotationFormatTests {
  private func read(
    _ text: String, _ format: AnnotationFormat, prefix: String = "", classes: [String]? = nil,
    picture: String = "picture.jpg"
  ) throws -> MultiLabelSet {
    try Array(text.utf8).withUnsafeBytes {
      try MultiLabelSet(
        $0, format: format, prefix: prefix, classNames: classes, picture: picture)
    }
  }

  @Test("the prefix stands before every path, in every format")
  func prefixes() throws {
    let texts: [(AnnotationFormat, String)] = [
      (.voc, "<annotation><filename>a.jpg</filename></annotation>"),
      (.coco, #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[],"categories":[]}"#),
      (.table, "path,labels\na.jpg,\n"), (.list, "a.jpg\n"),
    ]
    for (format, text) in texts {
      let set = try read(text, format, prefix: "i/j/", classes: ["x"])
      #expect(set.images == [ListedImage(path: "i/j/a.jpg", labels: [])], "\(format)")
      #expect(set.classNames == ["x"], "\(format)")
    }
  }

  @Test("VOC: without a file name the annotation's own; difficult and truncated objects count")
  func voc() throws {
    let text = """
      <annotation><object><difficult>1</difficult><name>\n dog </name></object>
      <object><truncated>1</truncated><name>cat</name><part><name>head</name></part></object>
      <source><name>flickr</name></source><name>x</name></annotation>
      """
    let set = try read(text, .voc, picture: "7.jpg")
    #expect(set.images == [ListedImage(path: "7.jpg", labels: [7, 11])])  // of VOC's 20
    let folder = try TemporaryFolder()
    _ = try folder.write("2007_000001.xml", text)
    let named = try MultiLabelSet(path: folder.path, prefix: "p/")
    #expect(named.images.map(\.path) == ["p/2007_000001.jpg"])
    let single = try MultiLabelSet(path: "\(folder.path)/2007_000001.xml")
    #expect(single.images.map(\.path) == ["2007_000001.jpg"])
    // Given classes are those asked for, an underscore a space.
    let other = try read(
      "<annotation><object><name>hot_dog</name></object></annotation>", .voc,
      classes: ["cat", "hot dog"])
    #expect(other.images[0].labels == [1])
  }

  @Test("COCO: given classes decide the labels by name, crowds and repetitions count once")
  func coco() throws {
    let text = #"""
      {"images":[{"id":5,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}],
       "annotations":[{"image_id":5,"category_id":9,"iscrowd":1},{"image_id":5,"category_id":9},
        {"image_id":2,"category_id":3},{"image_id":2,"category_id":9}],
       "categories":[{"id":9,"name":"dog"},{"id":3,"name":"cat"}]}
      """#
    #expect(try read(text, .coco).classNames == ["cat", "dog"])
    #expect(try read(text, .coco).images.map(\.labels) == [[1], [0, 1]])
    let turned = try read(text, .coco, classes: ["dog", "bird", "cat"])
    #expect(turned.images.map(\.labels) == [[0], [0, 2]])
    #expect(
      errorCode { _ = try read(text, .coco, classes: ["dog"]) } == "annotations.unknown-class")
  }

  @Test("a table with given classes takes names and indices; names go first")
  func table() throws {
    let text = "labels,path,caption\n1 cat,a.jpg,x\ndog,b.jpg,y\n"
    let set = try read(text, .table, prefix: "p/", classes: ["dog", "bird", "cat"])
    #expect(set.images.map(\.labels) == [[1, 2], [0]])
    #expect(set.captions == ["p/a.jpg": "x", "p/b.jpg": "y"])
    // Without given classes an index is a name like any other, and a word behind it may be its own.
    #expect(
      try read("path,labels\na.jpg,1;cat\nb.jpg,dog\n", .table).classNames == ["1", "cat", "dog"])
    #expect(errorCode { _ = try read(text, .table) } == "annotations.ambiguous-labels")
    #expect(
      errorCode { _ = try read(text, .table, classes: ["dog", "cat", "x", "y"]) } == nil)
    #expect(
      errorCode { _ = try read(text, .table, classes: ["cat"]) } == "annotations.unknown-class")
    // One column per class: the header's order, and the caption is no class.
    let columns = try read("dog,path,caption,cat\n1,a.jpg,hi,0\n0,b.jpg,,1\n", .table)
    #expect(columns.classNames == ["dog", "cat"] && columns.images.map(\.labels) == [[0], [1]])
    #expect(columns.captions["a.jpg"] == "hi")
    let given = try read("dog,path,cat\n1,a.jpg,0\n", .table, classes: ["cat", "dog"])
    #expect(given.images[0].labels == [1])
  }

  @Test("CSV: a byte order mark, empty lines, CRLF, quoted line ends, the line of a mistake")
  func csv() throws {
    let set = try read(
      "\u{FEFF}path,labels\r\n\r\n\"a,\"\"1\"\".jpg\",x\n\n\"b.jpg\",\"x;\ny\"\r\nc.jpg,y", .table)
    #expect(set.images.map(\.path) == ["a,\"1\".jpg", "b.jpg", "c.jpg"])
    #expect(set.images.map(\.labels) == [[0], [0, 1], [1]])
    do {
      _ = try read("path,cat\na.jpg,1\n\"b\nb.jpg\",1\nc.jpg,7\n", .table)
      Issue.record("accepted")
    } catch AnnotationError.badCSV(let line, _, _) {
      #expect(line == 5)
    }
  }

  @Test("a list keeps its order, of images and of labels")
  func list() throws {
    let set = try read("b.jpg 2 0\na.jpg 1\n", .list, prefix: "p/", classes: ["x", "y", "z"])
    #expect(
      set.images == [
        ListedImage(path: "p/b.jpg", labels: [2, 0]), ListedImage(path: "p/a.jpg", labels: [1]),
      ])
  }

  @Test("a caption is looked up by the whole path before the file name, several in file order")
  func captions() throws {
    let source = CaptionSource(["a.jpg": "by name", "train/a.jpg": "by path"])
    let images = ["train/a.jpg", "val/a.jpg"].map { ListedImage(path: $0, labels: []) }
    #expect(try source.captions(for: images) == ["by path", "by name"])
    let folder = try TemporaryFolder()
    let table = try folder.write(
      "c.csv", "caption,path\nlast,b.jpg\none,a.jpg\n\" two\n words \",a.jpg\n")
    let both = ["a.jpg", "b.jpg"].map { ListedImage(path: $0, labels: []) }
    #expect(
      try CaptionSource(path: table).captions(for: both) == ["one two words", "last"])
    #expect(
      try CaptionSource(path: table).captions(for: both.reversed()) == ["last", "one two words"])
    let json = try folder.write(
      "c.json",
      #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":2,"caption":"x"}]}"#)
    #expect(errorCode { _ = try CaptionSource(path: json) } == "annotations.unknown-id")
    #expect(
      errorCode { _ = try CaptionSource(path: try folder.write("c.txt", "")) }
        == "annotations.unknown-kind")
  }

  @Test("of classes with the same name, spaces or underscores, the first is meant")
  func equalNames() throws {
    let set = try read(
      "path,labels\na.jpg,hot_dog\n", .table, classes: ["cat", "hot dog", "hot_dog"])
    #expect(set.images.map(\.labels) == [[1]])
  }

  @Test("`--classes`: voc's 20, coco's 80, lines of names, or a label file with its indices")
  func classes() throws {
    #expect(try ClassNames.named("voc").count == 20 && ClassNames.named("coco").count == 80)
    #expect(ClassNames.voc[0] == "aeroplane" && ClassNames.voc[19] == "tvmonitor")
    #expect(ClassNames.coco[0] == "person" && ClassNames.coco[79] == "toothbrush")
    let folder = try TemporaryFolder()
    let plain = try folder.write("a.txt", "hot_dog\n\n  big   cat \nroute 66\n")
    #expect(try ClassNames.named(plain) == ["hot dog", "big cat", "route 66"])
    let labels = try folder.write("b.txt", "hot_dog 0\ncat 1\n")
    #expect(try ClassNames.named(labels) == ["hot dog", "cat"])
    let wrong = try folder.write("c.txt", "dog 1\ncat 0\n")
    #expect(errorCode { _ = try ClassNames.named(wrong) } == "dataset.classes-not-contiguous")
  }
}
