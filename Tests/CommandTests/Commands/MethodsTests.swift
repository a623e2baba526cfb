// MethodsTests - `lmpt methods`: every method and loss, in words and as JSON.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import Testing

@Suite struct MethodsTests {
  @Test("every method and every loss stands in the list, with what the contract names")
  func json() throws {
    let json = try Program.run(["methods", "--json"]).json
    let methods = try #require(json["methods"]?.array)
    #expect(methods.compactMap { $0["name"]?.string } == Method.all.map(\.name))
    for method in methods {
      for key in ["title", "source", "sees"] {
        #expect(method[key]?.string?.isEmpty == false, "\(key)")
      }
      let options = method["options"]?.array?.compactMap(\.string) ?? []
      #expect(options.contains("lr") && options.contains("epochs"))
    }
    func sees(_ name: String) -> String? {
      methods.first { $0["name"]?.string == name }?["sees"]?.string
    }
    #expect(sees("coop") == "features" && sees("dualcoop") == "places")
    #expect(sees("tai-dpt") == "captions, then places" && sees("finetune") == "pixels")
    let losses = try #require(json["losses"]?.array)
    #expect(losses.compactMap { $0["name"]?.string } == Loss.all.map(\.name))
    #expect(losses.allSatisfy { $0["tag"]?.string != nil && $0["constants"]?.array != nil })
    #expect(losses.allSatisfy { $0["source"]?.string?.isEmpty == false })
  }

  @Test("what a method and a loss need beside images and labels")
  func needs() throws {
    let json = try Program.run(["methods", "--json"]).json
    func needs(_ list: String, _ name: String) -> [String]? {
      let entry = json[list]?.array?.first { $0["name"]?.string == name }
      return entry?["needs"]?.array?.compactMap(\.string)
    }
    // E6 draws to captions, and TaI-DPT learns from nothing else. LTML's two samplers are uniform
    // and class-aware, those of BBN uniform and reversed.
    let captions = "a caption of every training image"
    #expect(needs("methods", "lmpt") == [captions] && needs("methods", "tai-dpt") == [captions])
    #expect(needs("methods", "coop") == [] && needs("methods", "cprfl") == [])
    #expect(needs("methods", "ltml") == ["a second batch, drawn class-aware"])
    #expect(needs("methods", "bbn") == ["a second batch, drawn reversed"])
    #expect(needs("losses", "bce") == [] && needs("losses", "ldam") == ["images per class"])
    #expect(needs("losses", "dbl") == ["images per class", "the number of images"])
  }

  @Test("CoOp's published settings, its paper, its place in the code")
  func text() throws {
    let output = try Program.run(["methods"]).output
    let lines = output.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("  coop: ") })
    #expect(lines[start] == "  coop: CoOp; Zhou et al., IJCV 2022")
    #expect(lines[start + 1] == "    sees features; LMPT.swift")
    let settings = lines[(start + 2)...].prefix { $0.hasPrefix("    ") }.joined(separator: " ")
    // CoOp's own: SGD at 2e-3 with decay 5e-4, one warm-up epoch and a cosine, batches of 32.
    for words in ["lr 2e-3", "weight-decay 5e-4", "warmup-cosine", "batch", "32", "softmax"] {
      #expect(settings.contains(words), "\(settings)")
    }
    // What is declared for all methods is not CoOp's own.
    for words in ["momentum", "seed", "optimizer", "n-ctx"] {
      #expect(!settings.contains(words), "\(settings)")
    }
    #expect(lines.allSatisfy { $0.count <= 80 })
    let loss = try #require(lines.firstIndex { $0.hasPrefix("  asl: ") })
    #expect(lines[loss] == "  asl: asymmetric loss; Ridnik et al., ICCV 2021")
    #expect(lines[loss + 1].hasPrefix("    L-asl; reads gamma_neg, gamma_pos, clip, eps,"))
  }
}
