// TapeTests+Primitives - every primitive's value and gradients against PyTorch in float64.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

/// A primitive under test: the case's name in the fixture and what to compute.
struct PrimitiveCase: Sendable, CustomTestStringConvertible {
  let name: String
  let function: @Sendable ([Tensor]) -> Tensor
  var testDescription: String { name }

  init(_ name: String, _ function: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.name = name
    self.function = function
  }
}

extension TapeTests {
  @Suite("primitives")
  struct Primitives {
    static let cases: [PrimitiveCase] = [
      PrimitiveCase("add") { $0[0] + $0[1] },
      PrimitiveCase("add_row") { $0[0] + $0[1] },
      PrimitiveCase("add_column") { $0[0] + $0[1] },
      PrimitiveCase("subtract") { $0[0] - $0[1] },
      PrimitiveCase("multiply") { $0[0] * $0[1] },
      PrimitiveCase("multiply_scalar") { $0[0] * $0[1] },
      PrimitiveCase("divide") { $0[0] / $0[1] },
      PrimitiveCase("relu") { relu($0[0]) },
      PrimitiveCase("exp") { exp($0[0]) },
      PrimitiveCase("expm1") { expm1($0[0]) },
      PrimitiveCase("log") { log($0[0]) },
      PrimitiveCase("log1p") { log1p($0[0]) },
      PrimitiveCase("sigmoid") { sigmoid($0[0]) },
      PrimitiveCase("softplus") { softplus($0[0]) },
      PrimitiveCase("pow2") { pow($0[0], 2) },
      PrimitiveCase("pow_half") { pow($0[0], 0.5) },
      PrimitiveCase("sqrt") { sqrt($0[0]) },
      PrimitiveCase("clamp") { clamp($0[0], min: -0.5, max: 0.7) },
      PrimitiveCase("quick_gelu") { quickGELU($0[0]) },
      PrimitiveCase("gelu") { gelu($0[0]) },
      PrimitiveCase("sum") { sum($0[0]) },
      PrimitiveCase("mean") { mean($0[0]) },
      PrimitiveCase("sum_axis0") { sum($0[0], axis: 0) },
      PrimitiveCase("sum_axis1") { sum($0[0], axis: 1) },
      PrimitiveCase("mean_last") { mean($0[0], axis: -1) },
      PrimitiveCase("softmax") { softmax($0[0]) },
      PrimitiveCase("log_softmax") { logSoftmax($0[0]) },
      PrimitiveCase("normalize") { normalize($0[0]) },
      PrimitiveCase("reshape") { $0[0].reshaped([2, 6]) },
      PrimitiveCase("transpose") { $0[0].transposed },
      PrimitiveCase("slice") { $0[0].slice(1..<3, axis: 1) },
      PrimitiveCase("gather") { $0[0].gather([2, 0, 2]) },
      PrimitiveCase("concatenate") { concatenate($0, axis: 1) },
      PrimitiveCase("expand") { $0[0].expanded(to: [4, 3, 2]) },
      PrimitiveCase("matmul") { matmul($0[0], $0[1]) },
      PrimitiveCase("matmul_ta") { matmul($0[0], $0[1], .transposed, .none) },
      PrimitiveCase("matmul_tb") { matmul($0[0], $0[1], .none, .transposed) },
      PrimitiveCase("matmul_tatb") { matmul($0[0], $0[1], .transposed, .transposed) },
      PrimitiveCase("linear") { linear($0[0], weight: $0[1], bias: $0[2]) },
      PrimitiveCase("layer_norm") { layerNorm($0[0], weight: $0[1], bias: $0[2]) },
      PrimitiveCase("attention") { attention($0[0], heads: 2, mask: .none) },
      PrimitiveCase("attention_causal") { attention($0[0], heads: 2, mask: .causal) },
    ]

    private func inputs(_ name: String, _ fixture: FixtureTensors) throws -> [Tensor] {
      try ["a", "b", "c"].map { "\(name).\($0)" }.filter(fixture.has).map { key in
        Tensor(try fixture.floats(key), shape: try fixture[key].shape)
      }
    }

    @Test("value and gradients equal PyTorch's", arguments: cases)
    func againstTorch(test: PrimitiveCase) throws {
      let fixture = try FixtureTensors("tensors/primitives.safetensors")
      let leaves = try inputs(test.name, fixture).map { $0.tracked() }
      let value = test.function(leaves)
      let expected = try fixture["\(test.name).out"]
      // numpy stores a scalar as one element.
      #expect((value.shape.isEmpty ? [1] : value.shape) == expected.shape)
      // Float32 arithmetic against float64, sums of up to 50 terms of order 1.
      expectClose(
        value.values.map(Double.init), expected.doubles(), atol: 1e-6, rtol: 2e-6, "value")
      let upstream = Tensor(try fixture.floats("\(test.name).g"), shape: value.shape)
      for (leaf, letter, gradient) in zip3(
        leaves, ["a", "b", "c"], gradients(of: value, in: leaves, upstream: upstream))
      {
        #expect(gradient.shape == leaf.shape)
        expectClose(
          gradient.values.map(Double.init), try fixture.doubles("\(test.name).grad.\(letter)"),
          atol: 2e-6, rtol: 5e-6, "gradient of \(letter)")
      }
    }

    @Test("gradients equal central differences", arguments: cases)
    func centralDifferences(test: PrimitiveCase) throws {
      let fixture = try FixtureTensors("tensors/primitives.safetensors")
      // The fixture's inputs of these are kinks and far ends, where a difference of floats says
      // nothing: here they are further from 0, -0.5 and 0.7 than a step, and of moderate size.
      let between = Tensor([-2.3, -0.9, -0.31, 0.27, 0.62, 1.4], shape: [2, 3])
      let isExtreme = ["relu", "clamp", "sigmoid", "softplus", "log_softmax", "exp"]
        .contains(test.name)
      let leaves = try (isExtreme ? [between] : inputs(test.name, fixture)).map { $0.tracked() }
      let shape = test.function(leaves).shape
      let weights =
        isExtreme
        ? Tensor([0.9, -1.1, 0.7, 1.3, -0.8, 0.6], shape: shape)
        : Tensor(try fixture.floats("\(test.name).g"), shape: shape)
      func scalar(_ inputs: [Tensor]) -> Double {
        zip(test.function(inputs).values, weights.values).reduce(0) {
          $0 + Double($1.0) * Double($1.1)
        }
      }
      let found = gradients(of: sum(test.function(leaves) * weights), in: leaves)
      for (index, leaf) in leaves.enumerated() {
        for element in 0..<min(leaf.count, 6) {
          let step: Float = 0x1p-9
          func moved(_ by: Float) -> [Tensor] {
            var values = leaf.values
            values[element] += by
            var all = leaves.map(\.detached)
            all[index] = Tensor(values, shape: leaf.shape)
            return all
          }
          let difference = (scalar(moved(step)) - scalar(moved(-step))) / Double(2 * step)
          let gradient = Double(found[index].values[element])
          // The step's cubic term and float32 rounding over a step of 2^-9.
          #expect(
            abs(difference - gradient) <= 4e-3 * max(1, abs(gradient)),
            "\(test.name), input \(index), element \(element): \(difference), tape \(gradient)")
        }
      }
    }
  }
}

private func zip3<A, B, C>(_ a: [A], _ b: [B], _ c: [C]) -> [(A, B, C)] {
  zip(a, zip(b, c)).map { ($0, $1.0, $1.1) }
}
