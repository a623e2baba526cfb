// Inspect - `lmpt inspect`: the tensors of a weight file, without loading them.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Weights

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

private func runInspect(_ arguments: Arguments) throws -> Int32 {
  let path = try arguments.operands(1, "a FILE")[0]
  let file = try WeightFile.read(path, deferring: true)
  if arguments.flag("json") {
    let tensors = file.tensors.map { tensor in
      JSON.object([
        ("name", .string(tensor.name)), ("dtype", .string(tensor.dtype.rawValue)),
        ("shape", .array(tensor.shape.map { .integer($0) })),
      ])
    }
    print(
      JSON.object([
        ("tensors", .array(tensors)), ("format", .string(file.format.rawValue)),
        (
          "metadata",
          .object(file.metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        ),
      ]).text())
    return ExitCode.fine
  }
  let names = file.tensors.map { Terminal.shown($0.name) }
  let width = names.map(\.count).max() ?? 0
  for (name, tensor) in zip(names, file.tensors) {
    let dtype = tensor.dtype.rawValue.padded(to: 4)
    print("\(name.padded(to: width))  \(dtype)  \(tensor.shape)")
  }
  let elements = file.tensors.reduce(0) { $0 + $1.count }
  print("\(file.tensors.count) tensors, \(elements) elements, \(file.format.rawValue)")
  for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
    print("\(Terminal.shown(key)): \(Terminal.shown(value))")
  }
  return ExitCode.fine
}
