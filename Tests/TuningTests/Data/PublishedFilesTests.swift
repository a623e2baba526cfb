// PublishedFilesTests - published lists, told from others.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct PublishedFilesTests {
  @Test("published lists are told from other files, and from files that are not there")
  func published() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("voc_lt_train.txt", "a.jpg 0\n")
    let files = try #require(PublishedFiles.of("voc-lt"))
    let found = files.matches(in: folder.path)
    #expect(found.map(\.name) == files.lists.map(\.name) && found.count == 4)
    #expect(found.map(\.isPublished) == [false, nil, nil, nil])
    #expect(PublishedFiles.of("coco-lt")?.lists.count == 4 && PublishedFiles.of("mini") == nil)
    if let lists = PublishedLists.folder {
      #expect(files.matches(in: "\(lists)/voc").allSatisfy { $0.isPublished == true })
    }
  }
}
