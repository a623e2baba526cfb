// PublishedFilesTests - published lists told from others, and the lengths of their captions.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSupport
import Testing

@testable import LMPTTuning

/// Lengths of the captions of one data set; tokens with start and end.
private struct Lengths {
  let characters: [Int]
  let whole: [Int]
  let released: [Int]

  init(_ name: String, _ folder: String) throws {
    let root = try #require(PublishedLists.folder) + "/\(folder)"
    let dataset = try LongTailDataset(try DatasetSpec.named(name), root: root)
    let captions = try #require(dataset.captions)
    let tokenizer = try Tokenizer.clip()
    characters = captions.map(\.count)
    whole = captions.map { tokenizer.encode($0).count + 2 }
    // The files are ASCII, so characters are what Python counts.
    released = captions.map { tokenizer.encode(String($0.prefix(75))).count + 2 }
  }
}

private func mean(_ values: [Int]) -> Double { Double(values.reduce(0, +)) / Double(values.count) }

@Suite struct PublishedFilesTests {
  @Test("published lists are told from other files, and from files that are not there")
  func published() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("voc_lt_train.txt", "a.jpg 0\n")
    let files = try #require(KnownDataset.vocLT.files)
    let found = files.matches(in: folder.path)
    #expect(found.map(\.name) == files.lists.map(\.name) && found.count == 4)
    #expect(found.map(\.isPublished) == [false, nil, nil, nil])
    #expect(KnownDataset.cocoLT.files?.lists.count == 4 && KnownDataset.mini.files == nil)
    if let lists = PublishedLists.folder {
      #expect(files.matches(in: "\(lists)/voc").allSatisfy { $0.isPublished == true })
    }
  }
}

extension PublishedFilesTests {
  @Test("training, test, captions, labels: the checksums begin as sha256sum's of these files")
  func checksums() throws {
    let beginnings = [
      "voc-lt": ["2111a5e5", "43b2929a", "a986c2d4", "59e82ce7"],
      "coco-lt": ["8e0c354a", "4dda7224", "4bcc3de5", "a16d52dc"],
    ]
    for known in KnownDataset.published {
      let lists = try #require(known.files).lists
      #expect(lists.map { String($0.sha256.prefix(8)) } == beginnings[known.name], "\(known.name)")
    }
  }
}

extension PublishedFilesTests {
  @Suite(
    "the published captions",
    .enabled(if: PublishedLists.folder != nil, "set LMPT_LISTS to the folder with voc and coco"))
  struct PublishedCaptions {
    // The figures are those of Python's len and of OpenCLIP's tokenizer on the same files.

    @Test("VOC-LT: short machine captions, which the released cut does not touch")
    func voc() throws {
      let lengths = try Lengths("voc-lt", "voc")
      #expect(lengths.characters.min() == 27 && lengths.characters.max() == 70)
      #expect(abs(mean(lengths.characters) - 45.78984) < 1e-5)
      #expect(lengths.released == lengths.whole)
      #expect(lengths.whole.min() == 9 && lengths.whole.max() == 18)
      #expect(abs(mean(lengths.whole) - 12.909808) < 1e-6)
    }

    @Test("COCO-LT: five human captions each, which the released cut ends after about one")
    func coco() throws {
      let lengths = try Lengths("coco-lt", "coco")
      #expect(lengths.characters.min() == 189 && lengths.characters.max() == 629)
      #expect(abs(mean(lengths.characters) - 271.66317) < 1e-5)
      #expect(lengths.whole.min() == 45 && lengths.whole.max() == 136)
      #expect(abs(mean(lengths.whole) - 61.023049) < 1e-6)
      #expect(lengths.whole.filter { $0 > 77 }.count == 52)
      #expect(lengths.released.min() == 14 && lengths.released.max() == 24)
      #expect(abs(mean(lengths.released) - 18.702462) < 1e-6)
    }
  }
}
