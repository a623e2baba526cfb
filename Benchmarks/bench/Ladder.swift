// Ladder - one product by ever better means: what each idea is worth.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTensors

enum Ladder {
  /// 768 x 768 x 768, the middle of the image tower's shapes.
  private static let size = 768

  /// The rungs, from the definition to all threads.
  ///
  /// The first four are written here; the others
  /// are the program's own `gemm`.
  static func works() -> [Work] {
    let (n, a, b) = (size, Operand(size * size), Operand(size * size))
    let c = Operand(size * size)
    func rung(_ name: String, threads: Int = 1, _ run: @escaping () -> Void) -> Work {
      Work(
        name: "ladder \(name)", amount: .operations(2 * Double(n) * Double(n) * Double(n)),
        run: run, request: nil, threads: threads)
    }
    func product(_ kernels: KernelSet, _ threads: Parallelism) {
      gemm(
        .none, .none, m: n, n: n, k: n, a: a.base, lda: n, b: b.base, ldb: n, c: c.base, ldc: n,
        accumulate: .store, threads: threads, kernels: kernels)
    }
    // The last set rounds twice. The baseline, which computes what the others fuse, is no rung.
    let sets = KernelSet.available.filter { $0.name != "baseline" }
    let baseline = sets[sets.count - 1]
    var rungs = [
      rung("1 naive") { naive(n, a.base, b.base, c.base) },
      rung("2 reordered loops") { reordered(n, a.base, b.base, c.base) },
      rung("3 blocked, four rows") { blocked(n, a.base, b.base, c.base) },
      rung("4 packed, \(baseline.name) tiles") { product(baseline, .serial) },
    ]
    for (index, kernels) in sets.dropLast().reversed().enumerated() {
      rungs.append(rung("\(5 + index) fused, \(kernels.name)") { product(kernels, .serial) })
    }
    rungs.append(
      rung("\(rungs.count + 1) threads", threads: Threads.cores) { product(.current, .pool) })
    return rungs
  }

  /// What each rung is, by its number.
  private static func explanation(_ work: String) -> String {
    switch work.split(separator: " ").dropFirst().first {
    case "1": "the definition; b is read a row apart at every step"
    case "2": "the sum outside, columns inside: everything is read in order, vectors fit"
    case "3": "blocks of b that stay in a cache, each read for four rows of c"
    case "4": "operands copied into the order of use, a tile of c in registers"
    default:
      work.hasSuffix("threads")
        ? "tiles drawn by all threads" : "wider vectors, multiply-add in one instruction"
    }
  }

  /// The ladder as a page: each rung against the one below it.
  static func page(_ report: Report) -> String {
    var lines = [
      "# One product, \(size) x \(size) x \(size), by ever better means", "",
      "Made by `swift run bench ladder --save` on \(Processor.name), commit \(Report.commit).", "",
      "| rung | what changes | GFLOP/s | of the peak | times the rung below |",
      "|---|---|---|---|---|",
    ]
    var below: Double?
    for result in report.results {
      guard case .operations(let n) = result.amount else { continue }
      let (speed, peak) = (n / result.seconds * 1e-9, report.percentOfPeak(result) ?? 0)
      let step = below.map { String(format: "%.1f", speed / $0) } ?? ""
      lines.append(
        "| \(result.work.dropFirst(7)) | \(explanation(result.work)) | "
          + String(format: "%.1f | %.0f %%", speed, peak) + " | \(step) |")
      below = speed
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// c_ij = sum_p a_ip b_pj as it is written: b is read a row apart at every step.
  private static func naive(
    _ n: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<n {
      for j in 0..<n {
        var sum: Float = 0
        for p in 0..<n { sum += a[i &* n &+ p] * b[p &* n &+ j] }
        c[i &* n &+ j] = sum
      }
    }
  }

  /// The sum outside, columns inside: everything is read in order and vectors fit.
  private static func reordered(
    _ n: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<n {
      let row = c + i &* n
      for j in 0..<n { row[j] = 0 }
      for p in 0..<n {
        let (value, other) = (a[i &* n &+ p], b + p &* n)
        for j in 0..<n { row[j] += value * other[j] }
      }
    }
  }

  /// The same in blocks of b that stay in a cache, four rows of c at a time: b is read a fourth as
  /// often.
  private static func blocked(
    _ n: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<n &* n { c[i] = 0 }
    let block = 128
    for q in stride(from: 0, to: n, by: block) {
      for r in stride(from: 0, to: n, by: block) {
        let (lastP, lastJ) = (min(n, q + block), min(n, r + block))
        for i in stride(from: 0, to: n, by: 4) {
          let (c0, c1, c2, c3) = (c + i &* n, c + (i + 1) &* n, c + (i + 2) &* n, c + (i + 3) &* n)
          for p in q..<lastP {
            let (a0, a1) = (a[i &* n &+ p], a[(i &+ 1) &* n &+ p])
            let (a2, a3) = (a[(i &+ 2) &* n &+ p], a[(i &+ 3) &* n &+ p])
            let other = b + p &* n
            for j in r..<lastJ {
              let x = other[j]
              c0[j] += a0 * x
              c1[j] += a1 * x
              c2[j] += a2 * x
              c3[j] += a3 * x
            }
          }
        }
      }
    }
  }
}
