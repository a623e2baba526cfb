// JSONTests - the value type: order, lookups, literals.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

@Suite("JSON")
struct JSONTests {
  @Test("an object keeps its order and finds its members, small and large")
  func objects() {
    for size in [0, 1, 16, 17, 18, 500] {
      let object = JSON.Object((0..<size).map { (key: "k\($0)", value: .integer($0)) })
      #expect(object.members.map(\.value) == (0..<size).map(JSON.integer))
      for index in 0..<size { #expect(object["k\(index)"] == .integer(index)) }
      #expect(object["other"] == nil)
    }
  }

  @Test("assigning replaces in place, assigning nil removes", arguments: [3, 40])
  func assignment(size: Int) {
    var object = JSON.Object((0..<size).map { (key: "k\($0)", value: .integer($0)) })
    object["k1"] = "new"
    #expect(object.members[1].value == "new")
    object["k0"] = nil
    #expect(object.members.count == size - 1)
    #expect(object["k0"] == nil)
    #expect(object["k1"] == "new")
    #expect(object["k\(size - 1)"] == .integer(size - 1))
  }

  @Test("literals and accessors agree")
  func literals() {
    let value: JSON = ["a": 1, "b": [true, nil, 2.5, "x"]]
    #expect(value["a"]?.int == 1)
    #expect(value["a"]?.double == 1)
    #expect(value["b"]?[0]?.bool == true)
    #expect(value["b"]?[1]?.isNull == true)
    #expect(value["b"]?[2]?.double == 2.5)
    #expect(value["b"]?[2]?.int == nil)
    #expect(value["b"]?[3]?.string == "x")
    #expect(value["b"]?[4] == nil)
    #expect(value["c"] == nil)
  }
}
