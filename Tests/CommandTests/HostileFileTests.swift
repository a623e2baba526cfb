// HostileFileTests - every file of Fixtures/hostile ends with its code, quickly, in every parser.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTImaging
import LMPTTuning
import LMPTSupport
import Testing
import LMPTWeights

/// A file that must be refused, or an oddity that is valid.
struct HostileFile: Sendable, CustomTestStringConvertible {
  let kind: String
  let name: String
  let code: String?
  var testDescription: String { "\(kind)/\(name)" }

  /// All files that the manifests under `Fixtures/hostile` list.
  static let all: [HostileFile] = {
    let kinds = (try? Fixtures.files(in: "hostile")) ?? []
    return kinds.flatMap { kind -> [HostileFile] in
      let manifest = try? JSON.parse(Fixtures.bytes("hostile/\(kind)/manifest.json"))
      return (manifest?["entries"]?.array ?? []).map {
        HostileFile(kind: kind, name: $0["path"]?.string ?? "", code: $0["error"]?.string)
      }
    }
  }()
}

@Suite("hostile files")
struct HostileFileTests {
  /// What a file of a kind is given to.
  private func parse(_ kind: String, _ path: String) throws {
    func bytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws {
      _ = try FileBytes(path: path).withBytes(body)
    }
    switch kind {
    case "texts": try bytes { try JSON.parse($0) }
    case "streams": try bytes { try inflate($0, wrapping: .zlib, limit: 1 << 20) }
    case "lists": try bytes { try parseImageList($0, classes: 20) }
    case "captions":
      let list = Array("a.jpg 1\nb.jpg 2\n".utf8)
      let images = try list.withUnsafeBytes { try parseImageList($0, classes: 20) }
      try bytes { try parseCaptions($0, images: images) }
    case "labels": try bytes { try parseClassNames($0) }
    case "descriptions": _ = try DatasetSpec.named(path)
    case "tensors": _ = try Safetensors.read(path)
    case "arrays": _ = try NPY.read(path).floats()
    default: for tensor in try WeightFile.read(path).tensors { _ = tensor.floats() }
    }
  }

  @Test("there are at least four hundred, pictures included")
  func count() throws {
    let pictures = try Fixtures.files(in: "images/invalid").count
    let refused = HostileFile.all.count { $0.code != nil }
    #expect(refused + pictures >= 400, "\(refused) files and \(pictures) pictures")
    // Every file on the disk is in a manifest, and the other way round.
    for kind in Set(HostileFile.all.map(\.kind)) {
      let listed = HostileFile.all.filter { $0.kind == kind }.map(\.name)
      let found = try Fixtures.files(in: "hostile/\(kind)").filter { $0 != "manifest.json" }
      #expect(Set(listed) == Set(found), "\(kind)")
    }
  }

  @Test("each is refused with its code in a moment", arguments: HostileFile.all)
  func refused(file: HostileFile) {
    let path = Fixtures.path("hostile/\(file.kind)/\(file.name)")
    var found: String?
    let clock = ContinuousClock()
    let start = clock.now
    do {
      try parse(file.kind, path)
    } catch let error as any DiagnosticError {
      found = error.code
      #expect(!error.message.isEmpty && !error.hint.isEmpty)
      #expect(!error.description.contains("\n"), "\(error.description)")
    } catch {
      Issue.record("\(error) is no diagnostic")
    }
    #expect(found == file.code)
    #expect(clock.now - start < .seconds(10))
  }

  @Test("the program says so in one line with exit code 3", arguments: ["pickles", "tensors"])
  func program(kind: String) throws {
    for file in HostileFile.all.filter({ $0.kind == kind && $0.code != nil }).prefix(8) {
      let path = Fixtures.path("hostile/\(kind)/\(file.name)")
      let outcome = try Program.run(["inspect", path, "--json"])
      #expect(outcome.code == 3 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.hasPrefix("lmpt: \(path): "))
      #expect(try outcome.json["error"]?["code"]?.string == file.code)
    }
  }
}
