// DoctorTests - what `lmpt doctor` finds in a folder of data sets.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct DoctorTests {
  @Test("lists are found in the folder and in the data set's own folder inside it")
  func lists() throws {
    let folder = try TemporaryFolder()
    try makeFolder("\(folder.path)/voc/VOCdevkit")
    _ = try folder.write("voc/voc_lt_train.txt", "")
    func findings() throws -> [JSON] {
      let outcome = try Program.run(["doctor", "--data", folder.path, "--json"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try outcome.json["findings"]?.array ?? []
    }
    func topic(_ name: String, _ findings: [JSON]) -> JSON? {
      findings.first { $0["topic"]?.string == name }
    }
    var found = try findings()
    let voc = try #require(topic("voc-lt", found))
    #expect(voc["ok"]?.bool == true && voc["advice"]?.isNull == true)
    #expect(voc["text"]?.string?.contains("pictures in \(folder.path)/voc/VOCdevkit") == true)
    #expect(topic("coco-lt", found)?["ok"]?.bool == false)
    _ = try folder.write("coco_lt_train.txt", "")
    found = try findings()
    let coco = try #require(topic("coco-lt", found))
    #expect(coco["ok"]?.bool == true)
    #expect(coco["text"]?.string == "lists in \(folder.path), pictures not beside them")
  }
}
