// KeptMemoryTests - values that take no memory before they are wanted, and memory that is given back.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import LMPTTensors

@Suite("kept memory")
struct KeptMemoryTests {
  /// A weight [n, k] as a tensor whose values are made when they are wanted, and how often they were.
  private final class Source: Sendable {
    let made = Atomic<Int>(0)
    let givenBack = Atomic<Int>(0)

    func tensor(_ values: [Float], _ shape: [Int]) -> Tensor {
      Tensor(
        deferring: DeferredValues(
          fill: { out in
            self.made.add(1, ordering: .relaxed)
            for (index, value) in values.enumerated() { out[index] = value }
          }, giveBack: { self.givenBack.add(1, ordering: .relaxed) }), shape: shape)
    }
  }

  @Test("a deferred weight gives the products of the same weight, made once for each packed form")
  func products() {
    let (rows, n, k) = (5, 96, 80)
    let values = (0..<n * k).map { Float(($0 * 37) % 101) / 50 - 1 }
    let plain = Tensor(values, shape: [n, k])
    let source = Source()
    let deferred = source.tensor(values, [n, k])
    let x = Tensor((0..<rows * k).map { Float($0 % 13) - 6 }, shape: [rows, k])
    for weight in [deferred, deferred.reshaped([n, k])] {
      // The same bits: the numbers that are packed are the same.
      #expect(linear(x, weight: weight).values == linear(x, weight: plain).values)
    }
    #expect(source.made.load(ordering: .relaxed) == 1)
    #expect(source.givenBack.load(ordering: .relaxed) == 1)
    // The way back needs the other form.
    func gradient(_ weight: Tensor) -> [Float] {
      let leaf = x.tracked()
      let loss = sum(linear(leaf, weight: weight) * linear(leaf, weight: weight))
      return LMPTTensors.gradient(of: loss, in: leaf).values
    }
    #expect(gradient(deferred) == gradient(plain))
    #expect(source.made.load(ordering: .relaxed) == 2)
    // Whoever wants the values themselves has them, and they stay.
    #expect(deferred.values == values && deferred.transposed.values == plain.transposed.values)
    #expect(source.made.load(ordering: .relaxed) == 3)
  }

  @Test("what tensors keep for reuse is given back on request")
  func request() {
    // A size class that no other test has.
    let capacity = BufferPool.sizeClass(11_111_111)
    do { _ = Tensor(shape: [capacity]) { $0[0] = 1 } }
    #expect(BufferPool.holds(capacity))
    KeptMemory.giveBack()
    #expect(!BufferPool.holds(capacity))

    let state = ThreadState()
    state.pop(state.push(1000))
    let loan = state.push(1000)
    #expect(!loan.isOwn, "scratch memory is kept")
    state.giveBack()
    loan.memory[999] = 1  // what is lent stays
    state.pop(loan)
    state.giveBack()
    let fresh = state.push(1000)
    #expect(fresh.isOwn, "scratch memory was not given back")
    state.pop(fresh)
    // The pool works on as before.
    let sum = Atomic<Int>(0)
    parallel(100) { sum.add($0, ordering: .relaxed) }
    #expect(sum.load(ordering: .relaxed) == 4950)
  }
}
