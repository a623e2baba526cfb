// CaptionStatisticsTests - the published captions have the lengths that the data sets' record states.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTuning
import Testing

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

@Suite(
  "the published captions",
  .enabled(if: PublishedLists.folder != nil, "set LMPT_LISTS to the folder with voc and coco"))
struct CaptionStatisticsTests {
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

  @Test("`--captions released` cuts at 75 characters, `tokens` at 77 tokens")
  func cuts() throws {
    #expect(CaptionCut(rawValue: "released") == .characters)
    #expect(CaptionCut(rawValue: "tokens") == .tokens)
    #expect(TrainingOptions().captionCut == .tokens)
  }
}
