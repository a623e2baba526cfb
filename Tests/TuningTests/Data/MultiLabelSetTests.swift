// MultiLabelSetTests - VOC's XML, COCO's JSON and tables, as published and as broken.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTuning
import LMPTSupport
import Testing

/// A folder with these files.
private func makeFolder(_ files: [String: String] = [:]) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  for (name, text) in files { _ = try folder.write(name, text) }
  return folder
}

private func voc(_ filename: String, _ objects: [String]) -> String {
  """
  <?xml version="1.0"?>
  <!-- drawn by hand -->
  <annotation verified='no > yes'>
  \t<folder>VOC2012</folder><filename>\(filename)</filename><segmented/>
  \(objects.map {
    "<object><name>\($0)</name><difficult>1</difficult><part><name>head</name></part></object>"
  }.joined(separator: "\n"))
  </annotation>
  """
}

private let coco = #"""
  {"info":{"year":2017},"licenses":[],
   "images":[{"id":7,"file_name":"b.jpg","coco_url":"http://x"},{"id":3,"file_name":"a.jpg"},
    {"id":4,"file_name":"c.jpg"}],
   "annotations":[{"id":1,"image_id":7,"category_id":18,"segmentation":[[1.5,2,3e1]],"iscrowd":0},
    {"id":2,"image_id":7,"category_id":18,"segmentation":{"counts":[1],"size":[2,2]}},
    {"id":3,"image_id":3,"category_id":18},{"id":4,"image_id":3,"category_id":1}],
   "categories":[{"id":18,"name":"dog","supercategory":"animal"},{"id":1,"name":"person"}]}
  """#

@Suite("annotations of multi-label sets")
struct MultiLabelSetTests {
  @Test("VOC: names of objects, not of their parts; difficult ones too; an object twice once")
  func vocFolder() throws {
    let folder = try makeFolder([
      "2.xml": voc("2.jpg", ["person", "dog", "person"]), "1.xml": voc("1.jpg", ["tvmonitor"]),
      "readme.txt": "",
    ])
    let set = try MultiLabelSet(path: folder.path, prefix: "VOCdevkit/VOC2012/JPEGImages/")
    #expect(set.classNames == ClassNames.voc)
    #expect(
      set.images == [
        ListedImage(path: "VOCdevkit/VOC2012/JPEGImages/1.jpg", labels: [19]),
        ListedImage(path: "VOCdevkit/VOC2012/JPEGImages/2.jpg", labels: [11, 14]),
      ])
  }

  @Test("VOC's layout with other classes: the names that occur, sorted")
  func otherClasses() throws {
    let folder = try makeFolder(["a.xml": voc("a.jpg", ["zebra", "R &amp; D"])])
    #expect(try MultiLabelSet(path: folder.path).classNames == ["R & D", "zebra"])
  }

  @Test("COCO: categories by id, images in the file's order, an image without annotations stays")
  func cocoFile() throws {
    let folder = try makeFolder(["instances.json": coco])
    let set = try MultiLabelSet(path: "\(folder.path)/instances.json", prefix: "train2017/")
    #expect(set.classNames == ["person", "dog"])
    #expect(set.images.map(\.path) == ["train2017/b.jpg", "train2017/a.jpg", "train2017/c.jpg"])
    #expect(set.images.map(\.labels) == [[1], [0, 1], []])
  }

  @Test("one semicolon in a table keeps the spaces of its names")
  func semicolons() throws {
    let folder = try makeFolder([
      "a.csv": "path,labels\na.jpg,traffic light\nb.jpg,dog;traffic light\n",
      "b.csv": "path,labels\na.jpg,traffic light;\n",
    ])
    let set = try MultiLabelSet(path: "\(folder.path)/a.csv")
    #expect(set.classNames == ["dog", "traffic light"])
    #expect(set.images.map(\.labels) == [[1], [0, 1]])
    #expect(try MultiLabelSet(path: "\(folder.path)/b.csv").classNames == ["traffic light"])
  }

  @Test(
    "labels that may be one class or several are refused with the line and what to write",
    arguments: [
      ("a.jpg,cat\nb.jpg,\"dog, cat\"\n", 3, "dog;cat"),
      ("a.jpg,\"animal,bird\"\n", 2, "animal;bird"),
      ("a.jpg,red bus\nb.jpg,cat\nc.jpg,cat red bus\n", 2, "red bus;"),
    ])
  func ambiguous(rows: String, line: Int, suggestion: String) throws {
    let folder = try makeFolder(["a.csv": "path,labels\n\(rows)"])
    do {
      _ = try MultiLabelSet(path: "\(folder.path)/a.csv")
      Issue.record("the table is read")
    } catch let error as FileError {
      #expect(error.code == "annotations.ambiguous-labels")
      #expect(error.message.contains("line \(line)") && error.hint.contains(suggestion))
    }
  }

  @Test("numbers of given classes separate at spaces")
  func clear() throws {
    let folder = try makeFolder(["b.csv": "path,labels\na.jpg,0 1\nb.jpg,0 1\n"])
    let given = try MultiLabelSet(path: "\(folder.path)/b.csv", classNames: ["x", "y"])
    #expect(given.images.map(\.labels) == [[0, 1], [0, 1]])
  }

  @Test("a table with a column of labels, and one with a column per class, say the same")
  func tables() throws {
    let folder = try makeFolder([
      "names.csv":
        "path,labels,caption\r\na.jpg,cat;hot dog,\"a \"\"cat\"\",\nindoors\"\r\nb.jpg,,x\r\n",
      "columns.csv": "path,cat,hot dog\na.jpg,1,1\nb.jpg,0,\n",
    ])
    let names = try MultiLabelSet(path: "\(folder.path)/names.csv")
    let columns = try MultiLabelSet(path: "\(folder.path)/columns.csv")
    #expect(names.classNames == ["cat", "hot dog"])
    #expect(names.images == columns.images && names.classNames == columns.classNames)
    #expect(names.images[0].labels == [0, 1] && names.images[1].labels == [])
    let captions = try CaptionSource(names.captions).captions(for: names.images)
    #expect(captions == ["a \"cat\", indoors", "x"])
  }

  @Test("COCO captions: several of an image in the file's order, white space as single spaces")
  func captions() throws {
    let folder = try makeFolder([
      "captions.json": #"""
      {"images":[{"id":3,"file_name":"a.jpg"}],"annotations":[
       {"image_id":3,"id":9,"caption":"A dog.\n"},{"image_id":3,"id":8,"caption":"one  dog runs"}]}
      """#
    ])
    let source = try CaptionSource(path: "\(folder.path)/captions.json")
    let images = [ListedImage(path: "train2017/a.jpg", labels: [0])]
    #expect(try source.captions(for: images) == ["A dog. one dog runs"])
    #expect(throws: AnnotationError.noCaption(path: "b.jpg")) {
      try source.captions(for: [ListedImage(path: "b.jpg", labels: [])])
    }
  }

  @Test("what is written is read back the same", arguments: [true, false])
  func roundTrip(hasCaptions: Bool) throws {
    let folder = try makeFolder()
    let spec = DatasetSpec(
      name: "mine", train: "mine_lt_train.txt", test: "mine_lt_test.txt",
      captions: hasCaptions ? "mine_lt_captions.txt" : nil, labels: "mine_labels.txt")
    let dataset = LongTailDataset(
      spec, root: folder.path, classNames: ["cat", "hot dog"],
      train: [
        ListedImage(path: "i/a.jpg", labels: [0, 1]), ListedImage(path: "b.png", labels: [0]),
      ],
      test: [ListedImage(path: "c.jpg", labels: []), ListedImage(path: "d.jpg", labels: [1])],
      captions: hasCaptions ? ["a cat eats", "it sleeps"] : nil)
    try dataset.write()
    let read = try LongTailDataset(
      try DatasetSpec.named("\(folder.path)/mine.json"), root: folder.path)
    #expect(read.spec == spec && read.classNames == dataset.classNames)
    #expect(read.train == dataset.train && read.test == dataset.test)
    #expect(read.captions == dataset.captions)
  }

  @Test("a description may name COCO's captions or a table instead of a caption list")
  func captionKinds() throws {
    let folder = try makeFolder([
      "train.txt": "i/a.jpg 0\nb.jpg 0\n", "test.txt": "c.jpg 0\n", "labels.txt": "cat 0\n",
      "captions.csv": "caption,path\nsleeps,b.jpg\n\"eats, a lot\",i/a.jpg\n",
      "d.json":
        #"{"name":"d","train":"train.txt","test":"test.txt","labels":"labels.txt","captions":"captions.csv"}"#,
    ])
    let read = try LongTailDataset(
      try DatasetSpec.named("\(folder.path)/d.json"), root: folder.path)
    #expect(read.captions == ["eats, a lot", "sleeps"])
  }

  @Test(
    "bad XML is refused with its code, never read halfway",
    arguments: [
      "", "<annotation>", "<annotation></object>", "<a/><a/>", "<annotation", "<!-- <a></a>",
      "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a>&x;</a>", "<></>", "<a b='></a>",
      String(repeating: "<a>", count: 100), "<a>\u{0}</a>",
    ])
  func badXML(text: String) throws {
    let folder = try makeFolder(["a.xml": text])
    do {
      _ = try MultiLabelSet(path: folder.path)
      Issue.record("accepted \(text)")
    } catch let error as FileError {
      #expect(error.code == "annotations.bad-xml" && error.file.hasSuffix("a.xml"), "\(text)")
    }
  }

  @Test(
    "bad tables, JSON and names are refused with their code",
    arguments: [
      ("a.csv", "", "annotations.bad-csv"), ("a.csv", "labels\nx\n", "annotations.bad-csv"),
      ("a.csv", "path,labels\na.jpg\n", "annotations.bad-csv"),
      ("a.csv", "path,cat\na.jpg,2\n", "annotations.bad-csv"),
      ("a.csv", "path,labels\n\"a.jpg,x\n", "annotations.bad-csv"),
      ("a.csv", "path,labels\n\"a.jpg\"b,x\n", "annotations.bad-csv"),
      ("a.csv", "path,labels\n\"my\tcat.jpg\",x\n", "annotations.bad-path"),
      ("a.csv", "path,labels\na.jpg,x\na.jpg,y\n", "annotations.repeated-image"),
      ("a.json", "{}", "annotations.missing-member"), ("a.json", "{", "json.end-of-data"),
      (
        "a.json", #"{"images":[],"categories":[],"annotations":[{"image_id":1,"category_id":2}]}"#,
        "annotations.unknown-id"
      ),
      (
        "a.json",
        #"{"images":[],"categories":[{"id":2,"name":"x"}],"annotations":[{"image_id":1,"category_id":2}]}"#,
        "annotations.unknown-id"
      ),
      ("a.xyz", "", "annotations.unknown-kind"),
      ("a.txt", "a.jpg 0\n", "annotations.list-without-names"),
    ])
  func refusals(name: String, text: String, code: String) throws {
    let folder = try makeFolder([name: text])
    #expect(errorCode { _ = try MultiLabelSet(path: "\(folder.path)/\(name)") } == code, "\(text)")
  }

  @Test("names and paths that are too long to compare are refused by their line")
  func longNames() throws {
    let marks = String(repeating: "\u{301}\u{323}", count: 300_000)
    let tables = [
      "path,labels\nk\(marks).png,cat\n", "path,labels\na.png,k\(marks);dog\n",
      "path,k\(marks)\na.png,1\n",
    ]
    for (index, table) in tables.enumerated() {
      let folder = try makeFolder(["a.csv": table])
      let code = errorCode { _ = try MultiLabelSet(path: "\(folder.path)/a.csv") }
      #expect(code == "annotations.bad-csv", "\(index)")
    }
    let names = [
      ("a.json", #"{"images":[],"categories":[{"id":1,"name":"k\#(marks)"}],"annotations":[]}"#),
      (
        "a.json",
        #"{"images":[{"id":1,"file_name":"k\#(marks)"}],"categories":[],"annotations":[]}"#
      ),
      ("a.xml", "<annotation><filename>k\(marks)</filename></annotation>"),
      ("a.xml", "<annotation><object><name>k\(marks)</name></object></annotation>"),
      ("a.xml", "<k\(marks)></k\(marks)>"),
    ]
    for (name, text) in names {
      let folder = try makeFolder([name: text])
      let code = errorCode { _ = try MultiLabelSet(path: "\(folder.path)/\(name)") }
      let expected = name == "a.json" ? "annotations.name-too-long" : "annotations.bad-xml"
      #expect(code == expected, "\(text.prefix(60).unicodeScalars.prefix(60))")
    }
    let name = String(repeating: "k", count: 1024)
    let fine = try makeFolder(["a.csv": "path,labels\na.png,\(name);dog\n"])
    #expect(try MultiLabelSet(path: "\(fine.path)/a.csv").classNames == ["dog", name])
  }

  @Test("a table's captions of one picture are joined; a picture is known by its whole path first")
  func tableCaptions() throws {
    let folder = try makeFolder([
      "c.csv": "path,caption\na/1.jpg,one\na/1.jpg,two\nb/1.jpg,three\n1.jpg,four\n"
    ])
    let source = try CaptionSource(path: "\(folder.path)/c.csv")
    let images = ["a/1.jpg", "b/1.jpg", "c/1.jpg"].map { ListedImage(path: $0, labels: []) }
    #expect(try source.captions(for: images) == ["one two", "three", "four"])
  }

  @Test("VOC: the picture is the one that the annotation names")
  func pictureName() throws {
    let folder = try makeFolder([
      "7.xml":
        "<annotation><filename>other.jpg</filename><object><name>dog</name></object></annotation>",
      "8.xml": "<annotation><object><name>dog</name></object></annotation>",
    ])
    let set = try MultiLabelSet(path: folder.path, prefix: "p/")
    #expect(set.images.map(\.path) == ["p/other.jpg", "p/8.jpg"])
  }

  @Test("a class that the training set does not have is refused")
  func unknownClass() throws {
    let folder = try makeFolder(["a.csv": "path,labels\na.jpg,cow\n"])
    let code = errorCode {
      _ = try MultiLabelSet(path: "\(folder.path)/a.csv", classNames: ["cat"])
    }
    #expect(code == "annotations.unknown-class")
  }

  @Test("classes called by numbers, a name of no use, a carriage return inside a line")
  func oddNames() throws {
    let folder = try makeFolder([
      "a.csv": "path,labels\nx.jpg,1\n", "b.csv": "path,cat,,dog\nx.jpg,1,1,0\n",
      "c.csv": "path,a\r,b\nx.jpg,1,0\n",
    ])
    let numbers = try MultiLabelSet(
      path: "\(folder.path)/a.csv", classNames: ["0", "2", "1"])
    #expect(numbers.images.map(\.labels) == [[2]])
    for name in ["b.csv", "c.csv"] {
      let code = errorCode { _ = try MultiLabelSet(path: "\(folder.path)/\(name)") }
      #expect(code == "annotations.bad-class-name", "\(name)")
    }
  }

  @Test("a folder without annotations says so")
  func emptyFolder() throws {
    #expect(throws: FileError.self) { try MultiLabelSet(path: try makeFolder().path) }
  }

  @Test(
    "names that no list can hold are refused",
    arguments: ["\"a \"\"b\"\".jpg\"", "\"\"\"a.jpg\"", "\"a\tb.jpg\"", "\"a\nb.jpg\""])
  func impossible(path: String) throws {
    let folder = try TemporaryFolder()
    let table = try folder.write("t.csv", "path,labels\n\(path),dog\n")
    #expect(errorCode { _ = try MultiLabelSet(path: table) } == "annotations.bad-path")
  }
}
