// FingerprintTests - the identity of weights follows every number, name, format and place.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSupport
import Testing
import LMPTWeights

@Suite("fingerprints of weights")
struct FingerprintTests {
  private typealias Change = (_ name: String, _ values: inout [Float]) -> Void

  /// The fingerprint of the small model with its numbers changed.
  private func fingerprint(as dtype: DType = .f32, _ change: Change = { _, _ in }) throws -> String
  {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let folder = try TemporaryFolder()
    try Safetensors.write(
      file.tensors.map { tensor in
        var values = tensor.floats()
        change(tensor.name, &values)
        return NamedArray(tensor.name, floats: values, shape: tensor.shape, as: dtype)
      }, metadata: file.metadata, to: "\(folder.path)/model.safetensors")
    return try CLIPModel.load(path: "\(folder.path)/model.safetensors", activation: .quickGELU)
      .fingerprint
  }

  @Test("one number anywhere, two exchanged, two tensors exchanged, another format")
  func changes() throws {
    var found = [try fingerprint()]
    #expect(try fingerprint() == found[0])
    func add(_ what: String, as dtype: DType = .f32, _ change: Change = { _, _ in }) throws {
      let other = try fingerprint(as: dtype, change)
      #expect(!found.contains(other), "\(what)")
      found.append(other)
    }
    // 32 bytes at a time in four lanes: numbers 0 to 7 and the last are all places there are.
    for index in [0, 1, 2, 3, 4, 5, 6, 7, 63] {
      try add("number \(index)") { name, values in
        if name == "ln_final.bias" { values[index] += 0.5 }
      }
    }
    try add("bytes behind the last 32") { name, values in
      if name == "logit_scale" { values[0] += 0.125 }
    }
    try add("two numbers exchanged") { name, values in
      if name == "ln_final.bias" {
        (values[3], values[40]) = (1, 2)
      }
    }
    try add("the other way round") { name, values in
      if name == "ln_final.bias" {
        (values[3], values[40]) = (2, 1)
      }
    }
    // The same two tensors under each other's names.
    let names = ["ln_final.bias", "ln_final.weight"]
    for order in [names, names.reversed()] {
      try add("\(order)") { name, values in
        if let place = order.firstIndex(of: name) {
          values = [Float](repeating: Float(place) + 1, count: values.count)
        }
      }
    }
    try add("half precision", as: .f16)
  }

  @Test("the last bytes of a tensor are in the fingerprint")
  func lastBytes() throws {
    let file = try WeightFile.read(Fixtures.path("clip/small/openai.safetensors"))
    let prints = try [Float(1), 1.5].map { scale in
      let arrays = file.tensors.map { tensor in
        tensor.name == "logit_scale"
          ? NamedArray("logit_scale", floats: [scale], shape: tensor.shape) : NamedArray(tensor)
      }
      return try CLIPModel.load(Safetensors.parse(Safetensors.bytes(of: arrays))).fingerprint
    }
    #expect(prints[0] != prints[1])
  }

  @Test(
    "an image tower opened alone has the fingerprint of its model",
    arguments: [nil, Activation.gelu])
  func towerAlone(activation: Activation?) throws {
    for name in ["openai.safetensors", "openclip.pt", "resnet.pt"] {
      let path = Fixtures.path("clip/small/\(name)")
      let model = try CLIPModel.load(path: path, activation: activation)
      let tower = try ImageEncoder.load(path: path, activation: activation)
      #expect(tower.fingerprint == model.fingerprint, "\(name)")
    }
  }
}
