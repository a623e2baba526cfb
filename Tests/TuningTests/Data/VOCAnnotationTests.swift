// VOCAnnotationTests - an annotation that another thread cuts short while it is read.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import LMPTSupport
import Testing

@Suite(.serialized) struct VOCAnnotationTests {
  /// A mapped file would end the process with SIGBUS here.
  @Test("is the whole annotation or an error with its name")
  func shortened() throws {
    let folder = try TemporaryFolder()
    let object = "<object><name>dog</name></object>\n"
    let text =
      "<annotation><filename>a.jpg</filename>\n" + String(repeating: object, count: 5_000)
      + "</annotation>\n"
    let path = try folder.write("a.xml", text)
    let expected = [ListedImage(path: "a.jpg", labels: [11])]
    let file = ShortenedFile(path, content: Array(text.utf8))
    let (whole, refused) = try file.read(atLeast: 5) {
      do {
        let found = try MultiLabelSet(path: folder.path).images
        #expect(found == expected)
        return true
      } catch let error as FileError where error.file == path {
        return false
      }
    }
    #expect(refused > 0, "the annotation was never short while it was read, \(whole) times")
  }
}
