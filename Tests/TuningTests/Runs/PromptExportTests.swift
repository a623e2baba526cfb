// PromptExportTests - tuned prompts under the names that the PyTorch programs load.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTTuning
import LMPTSupport
import LMPTTensors
import Testing
import LMPTWeights

@Suite struct PromptExportTests {
  @Test func exportedPromptsHaveTheNamesOfTheAuthorsStateDict() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/openai.pt"))
    let context = Tensor.full([4, 64], 0.25)
    let rows: [[Int32]] = [[62, 1, 1, 1, 1, 9, 63], [62, 1, 1, 1, 1, 17, 8, 63]]
    let export = PromptExport(context: context, placeholders: rows, text: model.text)
    #expect(export.coOp.map(\.shape) == [[4, 64], [2, 1, 64], [2, 72, 64]])
    let theirs = try WeightFile.read(Fixtures.path("clip/small/authors.pt"))
    let ours = try export.authors(model)
    #expect(Set(ours.map(\.name)) == Set(theirs.tensors.map(\.name)))
    for array in ours {
      #expect(theirs[array.name]?.shape == array.shape, "\(array.name)")
    }
    #expect(Array(export.prefix.values[0..<64]) == model.text.embed([62]).values)
    // The class's own tokens follow the context: position 5 of the row is the suffix's first.
    #expect(
      Array(export.suffix.values[0..<64]) == model.text.embed([9]).values)
  }

  @Test func aResidualNetworksExportKeepsItsCounters() throws {
    let model = try CLIPModel.load(path: Fixtures.path("clip/small/resnet.pt"))
    let export = PromptExport(
      context: .zeros([1, 64]), placeholders: [[62, 1, 63]], text: model.text)
    let names = Set(try export.authors(model).map(\.name))
    let file = try WeightFile.read(Fixtures.path("clip/small/resnet.pt"))
    for tensor in file.tensors where tensor.name.hasPrefix("visual.") {
      #expect(names.contains("image_encoder." + tensor.name.dropFirst(7)), "\(tensor.name)")
    }
  }
}
