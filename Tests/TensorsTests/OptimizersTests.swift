// OptimizersTests - six steps of every optimiser, and the schedules, against torch.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@Suite("optimisers and schedules")
struct OptimizersTests {
  @Test("one SGD step by hand")
  func byHand() {
    var optimizer = Optimizer(.sgd, learningRate: 0.5, momentum: 0.9, weightDecay: 0.1)
    let p = optimizer.step([Tensor([2])], gradients: [Tensor([1])])[0]
    #expect(abs(p[0] - (2 - 0.5 * 1.2)) < 1e-6)
    let q = optimizer.step([p], gradients: [Tensor([0])])[0]
    #expect(abs(q[0] - (1.4 - 0.5 * (0.9 * 1.2 + 0.14))) < 1e-6)
  }

  @Test(
    "six steps equal torch's",
    arguments: [
      ("sgd", OptimizerKind.sgd, 0.1, 0.9, 1e-2), ("sgd_plain", .sgd, 0.1, 0, 0),
      ("adam", .adam, 0.05, 0, 1e-2), ("adamw", .adamw, 0.05, 0, 1e-1),
    ])
  func againstTorch(
    name: String, kind: OptimizerKind, rate: Double, momentum: Double, decay: Double
  ) throws {
    let fixture = try FixtureTensors("metrics/\(name).safetensors")
    let gradients = try fixture.floats("gradients")
    let expected = try fixture.floats("parameters")
    var optimizer = Optimizer(
      kind, learningRate: rate, momentum: momentum, weightDecay: decay)
    var p = [Tensor(try fixture.floats("start"), shape: [3, 5])]
    for step in 0..<6 {
      let range = step * 15..<(step + 1) * 15
      p = optimizer.step(p, gradients: [Tensor(Array(gradients[range]), shape: [3, 5])])
      // Single-precision updates; torch may fuse a multiply-add where we round twice.
      expectClose(p[0].values, Array(expected[range]), atol: 1e-7, rtol: 2e-6, "\(name) \(step)")
    }
  }

  @Test("plateau and cosine rates equal torch's")
  func schedules() throws {
    let cases: [(String, ScheduleKind, ScheduleMode)] = [
      ("plateau", .plateau, .max), ("plateau_loss", .plateau, .min), ("cosine", .cosine, .max),
    ]
    for (name, kind, mode) in cases {
      let fixture = try FixtureTensors("metrics/\(name).safetensors")
      var schedule = Schedule(kind, initialRate: 0.5, epochs: 10, mode: mode)
      var rate = 0.5
      let rates = try fixture.doubles("metrics").map { metric in
        rate = schedule.step(metric: metric, rate: rate)
        return rate
      }
      // Cosine: torch multiplies step by step, we evaluate the closed form.
      expectClose(rates, try fixture.doubles("rates"), atol: 1e-12, rtol: 1e-12, name)
    }
  }

  @Test("a restored optimiser continues bit for bit", arguments: OptimizerKind.allCases)
  func restored(kind: OptimizerKind) {
    let gradient = [Tensor([0.3, -0.2])]
    var whole = Optimizer(kind, learningRate: 0.1, weightDecay: 0.01)
    var p = [Tensor([1, 2])]
    for _ in 0..<3 { p = whole.step(p, gradients: gradient) }
    var resumed = Optimizer(kind, learningRate: 0.1, weightDecay: 0.01)
    resumed.state = whole.state
    #expect(
      whole.step(p, gradients: gradient)[0].values == resumed.step(p, gradients: gradient)[0].values
    )
  }

  @Test("Adam's eps stands beside the corrected root, as torch's")
  func adamEps() {
    // g = eps = 1e-8: m / (1 - 0.9) = g, sqrt(v / (1 - 0.999)) = g, so the step is rate g / (2 g).
    for kind in [OptimizerKind.adam, .adamw] {
      var optimizer = Optimizer(kind, learningRate: 0.5)
      let p = optimizer.step([Tensor([0])], gradients: [Tensor([1e-8])])[0]
      expectClose([Double(p[0])], [-0.25], rtol: 1e-5)
    }
  }
}
