// TrainingProgressTests - seconds of durations.
// SPDX-License-Identifier: Apache-2.0

import LMPTTuning
import Testing

@Suite("seconds of a duration")
struct TrainingProgressTests {
  @Test("whole seconds and their parts")
  func seconds() {
    #expect(Duration.seconds(3).seconds == 3)
    let quarter = Duration(secondsComponent: 2, attosecondsComponent: 250_000_000_000_000_000)
    #expect(quarter.seconds == 2.25)
    #expect(abs(Duration.milliseconds(1).seconds - 0.001) < 1e-12)
  }
}
