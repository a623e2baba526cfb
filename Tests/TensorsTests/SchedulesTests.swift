// SchedulesTests - learning rates by epoch, the plateau by hand.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import LMPTTensors
import Testing

@Suite("schedules") struct SchedulesTests {
  private func rates(
    _ metrics: [Double], mode: ScheduleMode = .max, rate: Double = 1, patience: Int = 0
  ) -> [Double] {
    var schedule = Schedule(
      .plateau, initialRate: rate, epochs: 9, mode: mode, patience: patience)
    var now = rate
    return metrics.map { metric in
      now = schedule.step(metric: metric, rate: now)
      return now
    }
  }

  @Test("an improvement below one in ten thousand is none")
  func threshold() {
    #expect(rates([1, 1.00005]) == [1, 0.1] && rates([1, 1.0002]) == [1, 1])
    #expect(rates([1, 0.99995], mode: .min) == [1, 0.1])
    #expect(rates([1, 0.9998], mode: .min) == [1, 1])
    #expect(rates([1, 1], mode: .min) == [1, 0.1])
  }

  @Test("patience counts epochs in a row and starts again after a drop")
  func patience() {
    #expect(rates([1, 0.5, 0.5, 1.1, 0.5, 0.5], patience: 2) == [1, 1, 1, 1, 1, 1])
    let dropped = rates([1, 0, 0, 0, 0, 0, 0], patience: 2)
    expectClose(dropped, [1, 1, 1, 0.1, 0.1, 0.1, 0.01], atol: 0, rtol: 1e-15)
  }

  @Test("never below 1e-7, and no change below 1e-8")
  func floor() {
    #expect(rates([1, 0, 0], rate: 5e-7) == [5e-7, 1e-7, 1e-7])
    #expect(rates([1, 0], rate: 1.05e-7) == [1.05e-7, 1.05e-7])
    #expect(rates([1, 0], rate: 1.2e-7) == [1.2e-7, 1e-7])
  }

  @Test("a cosine ends at 0, a constant never changes, no epochs divide nothing")
  func others() {
    var cosine = Schedule(.cosine, initialRate: 2, epochs: 2)
    let found = [cosine.step(metric: 0, rate: 2), cosine.step(metric: 0, rate: 1)]
    expectClose(found, [1, 0], atol: 1e-15, rtol: 0)
    var constant = Schedule(.constant, initialRate: 2, epochs: 2)
    #expect(constant.step(metric: 0, rate: 0.3) == 0.3)
    var empty = Schedule(.cosine, initialRate: 2, epochs: 0)
    #expect(empty.step(metric: 0, rate: 2).isFinite)
  }

  @Test("CoOp's schedule: one epoch at 1e-5, then a cosine")
  func warmup() {
    var schedule = Schedule(.warmupCosine, initialRate: 2e-3, epochs: 50)
    var rates = [schedule.firstRate]
    for _ in 0..<3 { rates.append(schedule.step(metric: 0, rate: rates.last ?? 0)) }
    // Dassl: epoch e >= 1 has lr (1 + cos(pi (e - 1) / 50)) / 2.
    let expected = [1e-5, 2e-3, 0.0019980267284282716, 0.0019921147013144782]
    expectClose(rates, expected, atol: 0, rtol: 1e-12)
  }

  @Test("CoOp's warm-up: one epoch at 1e-5, then half a cosine from the whole rate")
  func warmUp() {
    var schedule = Schedule(.warmupCosine, initialRate: 2e-3, epochs: 4)
    #expect(schedule.firstRate == 1e-5)
    var rate = schedule.firstRate
    let rates = (1...3).map { _ in
      rate = schedule.step(metric: 0, rate: rate)
      return rate
    }
    // (1 + cos(pi e / 4)) / 2 for e = 0, 1, 2.
    let half = 0.5.squareRoot()
    expectClose(rates, [2e-3, 1e-3 * (1 + half), 1e-3], rtol: 1e-12)
    #expect(Schedule(.cosine, initialRate: 2e-3, epochs: 4).firstRate == 2e-3)
  }
}
