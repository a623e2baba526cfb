// TemplatesTests - prompts that are written, and the class features of them.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTSupport
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("written prompts") struct TemplatesTests {
  @Test("eighty templates with the whole name, or the released cut with its first word")
  func texts() {
    let all = TemplateSet.ensemble.texts(for: "traffic light")
    #expect(all.count == 80 && Set(all).count == 80)
    #expect(all[1] == "a photo of many traffic light.")
    #expect(TemplateSet.single.texts(for: "dog") == ["a photo of a dog."])
    #expect(
      TemplateSet.released.texts(for: "traffic light") == [
        "a bad photo of a traffic. a photo of many traffic. a sculpture of a traffic."
      ])
  }

  @Test(
    "methods start from the prompts that --templates names",
    arguments: [Method.taskRes, .clipAdapter])
  func starts(method: Method) throws {
    let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let classes = TrainingClasses(names: ["dog", "traffic_light"], counts: [3, 2], images: 5)
    let width = model.architecture.embedding
    let features = Tensor((0..<2 * width).map { Float($0 * 7 % 11) - 5 }, shape: [2, width])
    var options = TrainingOptions(dataset: "mini", method: method)
    (options.templates, options.adapterRatio) = (.released, 0)
    let started = try options.makeMethod(model: model, classes: classes)
    let found = try started.predictor()(ImageBatch(features: features))
    let zeroShot = try model.zeroShot(classNames: ["dog", "traffic light"], set: .released)
    // The same features, normalised once or twice.
    expectClose(found.values, try zeroShot(features).values, atol: 1e-4, rtol: 1e-5)
  }

  @Test("class features of eighty templates, and of the released cut of them")
  func templates() throws {
    let stored = try FixtureTensors("training/baselines.safetensors")
    let model = try CLIPModel.load(path: Fixtures.path("mini/clip.safetensors"))
    let dataset = try LongTailDataset(
      try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    for (set, name) in [(TemplateSet.ensemble, "mini/ensemble"), (.released, "mini/released")] {
      let found = try model.zeroShot(classNames: dataset.classNames, set: set).classFeatures
      // Four layers in single precision; the features have unit length.
      expectClose(found.values, try stored.floats(name), atol: 1e-6, rtol: 0, name)
    }
  }
}
