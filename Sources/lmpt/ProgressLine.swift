// ProgressLine - one line that rewrites itself on a terminal, a line every ten seconds elsewhere.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTuning

/// Progress on standard error, so that standard output stays the result.
final class ProgressLine {
  private let quiet: Bool
  private let isTerminal = isatty(2) == 1 && !Terminal.isDumb
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant?
  private var isOpen = false
  private var lastRun: String?

  init(quiet: Bool) {
    self.quiet = quiet
    if !isTerminal { last = clock.now }
  }

  /// The progress line of a command, silent with `--quiet` and `--json`.
  convenience init(_ arguments: Arguments) {
    self.init(quiet: arguments.flag("quiet") || arguments.flag("json"))
  }

  /// Says at once, on a terminal, what takes the first moments.
  ///
  /// Elsewhere nothing is written in the first ten seconds, so that a bad file gives one line.
  func begin(_ text: String) {
    guard !quiet, isTerminal else { return }
    rewrite("\(text) ...")
    isOpen = true
  }

  /// Shows a text, at most ten times a second on a terminal and every ten seconds elsewhere.
  func show(_ text: @autoclosure () -> String) {
    guard !quiet else { return }
    let now = clock.now
    if let last, now - last < (isTerminal ? .milliseconds(100) : .seconds(10)) { return }
    last = now
    guard isTerminal else { return write("\(text())\n") }
    rewrite(text())
    isOpen = true
  }

  /// Shows a step of training, as much of it as fits; `run` names it where there are several.
  func show(_ step: TrainingProgress, run: String? = nil, total: Double? = nil) {
    show(ProgressText.step(step, run: run, total: total, width: isTerminal ? width : .max))
  }

  /// What an epoch came to stays above the progress line on a terminal; logs have it elsewhere.
  ///
  /// The first epoch of one of several runs follows a line with the run's name.
  func keep(_ record: EpochRecord, of epochs: Int, best: EpochRecord?, run: String? = nil) {
    guard !quiet, isTerminal else { return }
    let text = ProgressText.epoch(record, of: epochs, best: best, width: width)
    let heading = run == lastRun ? "" : run.map { $0 + "\n" } ?? ""
    write("\r\u{1b}[2K\(heading)\(text)\n")
    (lastRun, isOpen) = (run, false)
  }

  /// Ends the line, so that what follows starts on a new one.
  func finish() {
    if isOpen { write("\r\u{1b}[2K") }
    isOpen = false
    if isTerminal { last = nil }
  }

  deinit { finish() }

  /// What fits on a line; the last column stays free, because some terminals break the line there.
  private var width: Int { TextWidth.columns(of: 2) - 1 }

  /// What is wider than the terminal is cut, because a second row could not be taken back.
  private func rewrite(_ text: String) { write("\r\u{1b}[2K\(text.prefix(width))") }

  private func write(_ text: String) { StandardStreams.tell(text) }
}
