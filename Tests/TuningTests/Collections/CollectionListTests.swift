// CollectionListTests - lines of names, whatever they hold, and their parts.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@testable import LMPTTuning

@Suite struct CollectionListTests {
  private func names(_ list: CollectionList) -> [String] { (0..<list.count).map { list[$0] } }

  @Test("a path a line, with or without a last newline; empty lines are passed over")
  func pictures() {
    let lines = "a.jpg\nmy photos/b c.jpg \r\n\n\nd.jpg"
    let list = CollectionList(.pictures, lines: Array(lines.utf8))
    #expect(names(list) == ["a.jpg", "my photos/b c.jpg ", "d.jpg"])
    let ended = CollectionList(.pictures, lines: Array("\(lines)\n".utf8))
    #expect(ended.fingerprint == list.fingerprint)
    #expect(CollectionList(.pictures, lines: Array("\n\n".utf8)).count == 0)
    #expect(CollectionList(pictures: names(list)).fingerprint == list.fingerprint)
  }

  @Test("every line of texts is one, an empty one too")
  func texts() {
    let list = CollectionList(.texts, lines: Array("a dog\n\na cat\n".utf8))
    #expect(names(list) == ["a dog", "", "a cat"])
  }

  @Test("a path that is no UTF-8 comes back byte for byte")
  func bytes() {
    let list = CollectionList(.pictures, lines: [0x61, 0xFF, 0x2E, 0x0A])
    #expect(list[0].carriesBytes)
    #expect(list[0].withPath { $0[1] == CChar(bitPattern: 0xFF) && $0[2] == 0x2E })
  }

  @Test("other names, another order or other line ends between the same bytes are another list")
  func fingerprint() {
    let texts = ["a\nb\n", "b\na\n", "ab\n", "a\nb\nc\n", "ab\nc\n", "a\nbc\n"]
    let prints = texts.map { CollectionList(.pictures, lines: Array($0.utf8)).fingerprint }
    #expect(Set(prints).count == texts.count)
    #expect(CollectionList(.texts, lines: Array("a\nb\n".utf8)).fingerprint != prints[0])
  }

  @Test("parts follow each other, cover the list once, and differ by one at most")
  func parts() {
    for count in [0, 1, 7, 100] {
      let list = CollectionList(.texts, lines: Array(String(repeating: "x\n", count: count).utf8))
      for shards in [1, 2, 3, 8] {
        let ranges = (0..<shards).map { list.range(of: Shard(index: $0, count: shards)) }
        #expect(ranges.flatMap { Array($0) } == Array(0..<count))
        let sizes = ranges.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      }
    }
  }
}
