// DataCreateTests - the files of `lmpt data create` byte by byte, and its draws as torch makes them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTSupport
import Testing

@Suite("data create")
struct DataCreateTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func create(_ words: [String]) throws {
    let outcome = try Program.run(
      ["data", "create", "--data", folder.path, "--name", "x", "--json"] + words)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
  }

  @Test("a share set aside class by class, in torch's permutation of the next seed")
  func share() throws {
    let table = try folder.write(
      "pets.csv",
      "path,labels,caption\n0.jpg,dog,zero\n1.jpg,cat,one\n2.jpg,cat;dog,two\n3.jpg,cat,three\n"
        + "4.jpg,,four\n5.jpg,,five\n6.jpg,hot dog;cat,six\n7.jpg,dog,seven\n")
    try create(["--from", table, "--test-share", "0.375", "--seed", "5", "--keep-all"])
    // torch.randperm(8) of seed 6 is 2, 1, 5, 0, 6, 3, 7, 4. Of "hot dog"'s one image none is set
    // aside, of dog's three one: 2, the first; of cat's four two: 2 and then 1; of the two without
    // a label one: 5.
    #expect(try text("x_lt_test.txt") == "1.jpg 0\n2.jpg 0 1\n5.jpg\n")
    // Picture 4 shows nothing and is not trained on.
    #expect(try text("x_lt_train.txt") == "0.jpg 1\n3.jpg 0\n6.jpg 0 2\n7.jpg 1\n")
    #expect(
      try text("x_lt_captions.txt") == "0.jpg zero\n3.jpg three\n6.jpg six\n7.jpg seven\n")
    #expect(try text("x_labels.txt") == "cat 0\ndog 1\nhot_dog 2\n")
    #expect(
      try JSON.read("\(folder.path)/x.json") == [
        "name": "x", "train": "x_lt_train.txt", "test": "x_lt_test.txt",
        "labels": "x_labels.txt", "captions": "x_lt_captions.txt",
      ])
    // The underscore of a name is read back as its space.
    let stats = try Program.run([
      "data", "stats", "--dataset", "\(folder.path)/x.json", "--lists", folder.path, "--json",
    ])
    #expect(try stats.json["names"] == ["cat", "dog", "hot dog"], "\(stats.errors)")
  }

  @Test("the limits of groups that are asked for are written down, the published ones too")
  func groups() throws {
    let table = try folder.write("t.csv", "path,labels\n0.jpg,dog\n1.jpg,dog\n")
    try create(["--from", table, "--test-share", "0.5", "--keep-all", "--groups", "100,20"])
    #expect(try JSON.read("\(folder.path)/x.json")["groups"] == [100, 20])
  }

  @Test("two sources, prefixes with and without a slash, classes and captions from files")
  func sources() throws {
    let train = try folder.write(
      "train.json",
      #"""
      {"images":[{"id":1,"file_name":"b.jpg"},{"id":2,"file_name":"a.jpg"}],
       "annotations":[{"image_id":1,"category_id":5},{"image_id":2,"category_id":4},
        {"image_id":2,"category_id":5}],
       "categories":[{"id":4,"name":"hot dog"},{"id":5,"name":"cat"}]}
      """#)
    let test = try folder.write("test.csv", "path,labels\nc.jpg,cat\nd.jpg,\n")
    let classes = try folder.write("classes.txt", "cat\nhot_dog\n")
    let captions = try folder.write("captions.csv", "path,caption\na.jpg,an  a\nb.jpg,a b\n")
    try create([
      "--from", train, "--prefix", "i/train", "--test", test, "--test-prefix", "i/test/",
      "--classes", classes, "--captions", captions, "--keep-all",
    ])
    #expect(try text("x_lt_train.txt") == "i/train/b.jpg 0\ni/train/a.jpg 0 1\n")
    #expect(try text("x_lt_test.txt") == "i/test/c.jpg 0\ni/test/d.jpg\n")
    #expect(try text("x_labels.txt") == "cat 0\nhot_dog 1\n")
    #expect(try text("x_lt_captions.txt") == "i/train/b.jpg a b\ni/train/a.jpg an a\n")
  }

  @Test("the recipe's images are those of NumPy and torch for --largest and --seed")
  func recipe() throws {
    let fixture = try FixtureTensors("selection/sampling.safetensors")
    let (values, shape) = (try fixture.doubles("labels"), try fixture["labels"].shape)
    let rows = (0..<shape[0]).map { row in
      "\(row).jpg"
        + (0..<shape[1]).map { values[row * shape[1] + $0] > 0 ? ",1" : ",0" }.joined()
    }
    let header = "path" + (0..<shape[1]).map { ",class \($0)" }.joined()
    let table = try folder.write("all.csv", ([header] + rows).joined(separator: "\n"))
    let test = try folder.write("test.csv", "path,class 0\nt.jpg,1\n")
    try create(["--from", table, "--test", test, "--largest", "120", "--seed", "1"])
    let taken = try text("x_lt_train.txt").split(separator: "\n").map {
      String($0.split(separator: " ")[0])
    }
    #expect(taken == (try fixture["rows.120.1"].integers().map { "\($0).jpg" }))
    #expect(try JSON.read("\(folder.path)/x.json")["captions"] == nil)
  }

  @Test("create writes lists that stats, check and train's reader take")
  func forOtherCommands() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<400).map { index in
      "\(index).jpg,\(index % 4 == 0 ? "cat;dog" : index % 4 == 1 ? "cat" : "dog"),a pet number \(index)\n"
    }
    let table = try folder.write("pets.csv", "path,labels,caption\n" + rows.joined())
    let words = [
      "data", "create", "--from", table, "--test-share", "0.25", "--name", "pets", "--largest",
      "100", "--data", folder.path,
    ]
    let outcome = try Program.run(words + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let description = "\(folder.path)/pets.json"
    let stats = try Program.run([
      "data", "stats", "--dataset", description, "--lists", folder.path, "--json",
    ])
    #expect(try stats.json["counts"] == outcome.json["counts"])
    // A quarter of each class: of 200 cats and of 300 dogs.
    #expect(try stats.json["test_counts"] == [50, 75])
    #expect(try stats.json["captions"]?.int == outcome.json["train"]?.int)
    // The same command would replace lists that a run may depend on.
    let again = try Program.run(words)
    #expect(again.code == 3 && again.errorLines.count == 1)
    // Nothing was drawn or downloaded, so every picture is missing.
    let check = try Program.run(["data", "check", "--dataset", description, "--data", folder.path])
    #expect(check.code == 3 && check.errorLines.count == 1)
    #expect(check.output.contains("images: 0 of"))
  }

  @Test("every labelled image with --keep-all, other test images with another seed")
  func keepAll() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { "\($0).jpg,\($0 % 4 == 0 ? "" : $0 % 2 == 0 ? "dog" : "cat")\n" }
    let table = try folder.write("pets.csv", "path,labels\n" + rows.joined())
    func lists(_ name: String, _ more: [String]) throws -> (train: [String], test: [String]) {
      let outcome = try Program.run(
        [
          "data", "create", "--from", table, "--test-share", "0.25", "--name", name, "--data",
          folder.path,
        ] + more)
      #expect(outcome.code == 0, "\(outcome.errors)")
      func lines(_ part: String) throws -> [String] {
        try String(contentsOfFile: "\(folder.path)/\(name)_lt_\(part).txt", encoding: .utf8)
          .split(separator: "\n").map(String.init)
      }
      return (try lines("train"), try lines("test"))
    }
    let (train, test) = try lists("a", ["--keep-all"])
    // A quarter of 10 without a label, 10 dogs and 20 cats, each to the nearest, halves upwards.
    let unlabelled = test.count { !$0.contains(" ") }
    #expect(unlabelled == 3 && test.count == 3 + 3 + 5)
    #expect(train.count == 30 - (3 + 5) && train.allSatisfy { $0.contains(" ") })
    #expect(try lists("b", ["--keep-all"]).test == test)
    #expect(try lists("c", ["--keep-all", "--seed", "1"]).test != test)
  }

  @Test("create refuses what it cannot make lists of, in one line that names the file")
  func createRefusals() throws {
    let folder = try TemporaryFolder()
    let table = try folder.write("a.csv", "path,labels\n\"a\tb.jpg\",cat\n")
    let bad = try Program.run([
      "data", "create", "--from", table, "--test-share", "0.5", "--name", "x", "--data",
      folder.path,
    ])
    #expect(bad.code == 3 && bad.errors.hasPrefix("lmpt: \(table): "))
    #expect(try folder.files == ["a.csv"])
    for words in [["--name", "voc-lt"], ["--name", "../x"], ["--name", "x", "--test", table]] {
      let usage = try Program.run(
        ["data", "create", "--from", table, "--test-share", "0.5", "--data", folder.path] + words)
      #expect(usage.code == 2, "\(words)")
    }
  }

  private func create(_ table: String, _ more: [String] = []) throws -> Outcome {
    let path = try folder.write("own.csv", table)
    return try Program.run(
      [
        "data", "create", "--from", path, "--test-share", "0.3", "--keep-all", "--name", "own",
        "--data", folder.path,
      ] + more)
  }

  @Test("the classes are told with their training images, a slip in a name with a warning")
  func classNames() throws {
    let names = [
      "dog", "dog", "dog", "dog", "Dog", "Dog", "red bus", "red  bus", "ant|bee", "cat;",
    ]
    let rows = names.enumerated().map { "\($0.offset).jpg,\($0.element)\n" }
    let outcome = try create("path,labels\n" + rows.joined())
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains(
        "\nclasses: dog 3, Dog 1, ant|bee 1, cat 1, red  bus 1, red bus 1\n"),
      "\(outcome.output)")
    #expect(outcome.output.contains("warning: 'Dog', 'dog' are different classes"))
    #expect(outcome.output.contains("warning: 'red  bus', 'red bus' are different classes"))
    #expect(outcome.output.contains("'ant|bee' is one class; if it is 2, write 'ant;bee'"))
    #expect(outcome.output.components(separatedBy: "warning:").count == 5)  // and "no test image"
  }

  @Test("a name that joins a class of the table with another is refused with its line")
  func joinedClasses() throws {
    let labels = ["dog;bird", "bird", "\"dog, cat\"", "\"dog, cat\"", "dog", "bird;dog"]
    let table = "path,labels\n" + labels.enumerated().map { "\($0).jpg,\($1)\n" }.joined()
    let refused = try create(table)
    #expect(refused.code == 3 && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains("'dog, cat' may be one class or several (line 4)"))
    #expect(
      refused.errors.contains(
        "write 'dog;cat'; if it is one class, name the classes with --classes"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/own.json"))
    let names = try folder.write("names.txt", "dog, cat\nbird\ndog\n")
    let given = try create(table, ["--classes", names])
    #expect(given.code == 0 && given.output.contains("dog, cat"), "\(given.errors)")
  }

  @Test("many classes take four lines, and the rest are counted")
  func manyClasses() throws {
    let rows = (0..<200).map { "\($0).jpg,a class of number \($0 / 2);\n" }
    let outcome = try create("path,labels\n" + rows.joined())
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").drop { !$0.hasPrefix("classes:") }
    let told = lines.prefix { $0.hasPrefix("classes:") || $0.hasPrefix("  a class") }
    #expect(told.count == 4 && told.allSatisfy { $0.count <= 110 }, "\(outcome.output)")
    let shown = told.joined().matches(of: #/class of number/#).count
    #expect(told.last?.hasSuffix(" and \(100 - shown) more") == true, "\(told)")
    #expect(!outcome.output.contains("warning"))
  }

  @Test(
    "a table that is too small for two lists says so of itself",
    arguments: [
      ("a.jpg,dog\nb.jpg,cat\nc.jpg,cow\n", "for the test, of 3 images"),
      ("a.jpg,\nb.jpg,\nc.jpg,\n", "for training, of 3 images"),
      ("", "for training, of 0 images"),
    ])
  func small(rows: String, what: String) throws {
    let outcome = try create("path,labels\n\(rows)")
    #expect(outcome.code == 3 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("own.csv: no image is left \(what)"), "\(outcome.errors)")
    #expect(outcome.errors.contains("each class needs two images"))
    #expect(try folder.files == ["own.csv"])
  }

  @Test("lists that are there are named in the command that removes them")
  func again() throws {
    let table = "path,labels,caption\n" + (0..<6).map { "\($0).jpg,dog,runs\n" }.joined()
    #expect(try create(table).code == 0)
    let outcome = try create(table)
    #expect(outcome.code == 3 && outcome.errorLines.count == 1)
    let words = outcome.errors.split(separator: " ").drop { $0 != "rm" }.dropFirst()
    let files = words.map { $0.trimmingCharacters(in: [".", " ", "\n"]) }
    for file in files { try FileManager.default.removeItem(atPath: file) }
    #expect(try folder.files == ["own.csv"], "\(outcome.errors)")
    #expect(try create(table).code == 0)
  }
}
