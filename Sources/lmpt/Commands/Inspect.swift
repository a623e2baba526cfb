// Inspect - `lmpt inspect`: the tensors of a weight file, without loading them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

extension Command {
  static let inspect = Command(
    name: "inspect",
    summary: "the names, types and shapes of the tensors in a file",
    operands: "FILE",
    options: [],
    examples: [
      "lmpt inspect ViT-B-16.pt",
      "lmpt inspect model.safetensors --json",
    ],
    run: runInspect)
}

private func runInspect(_ arguments: Arguments) throws -> Output {
  let path = try arguments.operands(1, "a FILE")[0]
  let file = try WeightFile.read(path, deferring: true)
  // By bytes: strings are compared in a normal form, which keys made of accents make slow.
  let metadata = file.metadata.sorted {
    $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
  }
  return Output(json: json(file, metadata), text: text(file, metadata))
}

private func json(_ file: WeightFile, _ metadata: [(key: String, value: String)]) -> JSON {
  let tensors = file.tensors.map { tensor in
    JSON.object([
      ("name", .string(tensor.name)), ("dtype", .string(tensor.dtype.rawValue)),
      ("shape", .array(tensor.shape.map { .integer($0) })),
    ])
  }
  return .object([
    ("tensors", .array(tensors)), ("format", .string(file.format.rawValue)),
    ("metadata", .object(metadata.map { ($0.key, .string($0.value)) })),
  ])
}

private func text(_ file: WeightFile, _ metadata: [(key: String, value: String)]) -> String {
  let names = file.tensors.map { Terminal.shown($0.name) }
  let width = names.map(\.count).max() ?? 0
  var lines = zip(names, file.tensors).map { name, tensor in
    "\(name.padded(to: width))  \(tensor.dtype.rawValue.padded(to: 4))  \(tensor.shape)"
  }
  let elements = file.tensors.reduce(0) { $0 + $1.count }
  lines.append("\(names.count) tensors, \(elements) elements, \(file.format.rawValue)")
  lines += metadata.map { "\(Terminal.shown($0.key)): \(Terminal.shown($0.value))" }
  return lines.map { $0 + "\n" }.joined()
}
