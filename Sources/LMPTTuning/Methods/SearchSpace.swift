// SearchSpace - where `lmpt tune` looks for a method's settings.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTBytes
import LMPTNumbers
import LMPTTensors

/// The values that trials of a method are drawn from.
///
/// A method declares its space beside its published settings (`Method.search`). Trial 0 is always
/// the published settings themselves, so that tuning cannot lose them.
package struct SearchSpace: Sendable {
  /// One option and how its value is drawn.
  package struct Dimension: Sendable {
    /// The option.
    package let option: AnyTrainingOption
    /// What is drawn from, in words.
    package let range: String
    /// Draws a value, seeing the settings that the method starts from.
    fileprivate let draw: @Sendable (inout Generator, TrainingOptions) -> JSON

    private init<Value>(
      _ option: TrainingOption<Value>, _ range: String,
      draw: @escaping @Sendable (inout Generator, TrainingOptions) -> Value
    ) {
      (self.option, self.range) = (option, range)
      self.draw = { option.form.json(draw(&$0, $1)) }
    }

    /// A factor on the published value, between 1 / `factor` and `factor`, uniform in its
    /// logarithm. Two digits are kept, so that a table can print the value as it was used.
    package static func around(
      _ option: TrainingOption<Double>, factor: Double
    ) -> Dimension {
      Dimension(option, "published / \(compact(factor)) to x \(compact(factor))") {
        generator, start in
        let exponent = Double(generator.uniform()) * 2 - 1
        return twoDigits(start[option] * LMPTNumbers.pow(factor, exponent))
      }
    }

    /// Numbers of a range, uniform in their logarithm, two digits kept.
    package static func logarithmic(
      _ option: TrainingOption<Double>, _ range: ClosedRange<Double>
    ) -> Dimension {
      Dimension(option, "\(compact(range.lowerBound)) to \(compact(range.upperBound))") {
        generator, _ in
        let share = Double(generator.uniform())
        return twoDigits(
          range.lowerBound * LMPTNumbers.pow(range.upperBound / range.lowerBound, share))
      }
    }

    /// One of some values.
    package static func choice<Value>(
      _ option: TrainingOption<Value>, _ values: [Value]
    ) -> Dimension {
      let words = values.map(option.form.text)
      return Dimension(option, words.joined(separator: ", ")) { generator, _ in
        values[generator.randint(below: values.count)]
      }
    }

    /// A share of the published number of epochs: a half, all, or twice as many.
    package static let epochs = Dimension(AnyTrainingOption.epochs, "published x 0.5, 1, 2") {
      generator, start in
      max(1, start.epochs * [1, 2, 4][generator.randint(below: 3)] / 2)
    }
  }

  /// What is varied, in the order in which it is drawn.
  package let dimensions: [Dimension]
  /// How many of the usual trials one costs; 4 where a run takes so long that a quarter must do.
  package let costs: Int

  /// A space.
  package init(_ dimensions: [Dimension], costs: Int = 1) {
    (self.dimensions, self.costs) = (dimensions, costs)
  }

  /// What every method has: rate, weight decay and epochs.
  package static let usual = SearchSpace([
    .around(.learningRate, factor: 10), .choice(.weightDecay, [0, 1e-4, 1e-2]), .epochs,
  ])

  /// The same with more to vary.
  package func and(_ more: Dimension..., costs: Int = 1) -> SearchSpace {
    SearchSpace(dimensions + more, costs: costs)
  }

  /// The same with other ranges for options that it varies.
  package func replacing(_ ranges: [Dimension]) -> SearchSpace {
    SearchSpace(
      dimensions.map { own in ranges.first { $0.option.name == own.option.name } ?? own },
      costs: costs)
  }

  /// How many trials of a budget the method gets, at least two: its published settings and another.
  package func trials(of budget: Int) -> Int {
    dimensions.isEmpty ? 1 : min(budget, max(2, (budget + costs - 1) / costs))
  }

  /// The values of a trial.
  ///
  /// - Parameters:
  ///   - start: the settings that the method starts from.
  ///   - fixed: options that are not varied.
  ///   - generator: draws every dimension, fixed ones too, so that fixing one leaves the others.
  /// - Returns: a value for every option that is varied.
  package func draw(
    from start: TrainingOptions, fixed: Set<String>, generator: inout Generator
  ) -> [(option: AnyTrainingOption, value: JSON)] {
    dimensions.map { ($0.option, $0.draw(&generator, start)) }
      .filter { !fixed.contains($0.0.name) }
  }
}

/// A positive number with two significant digits, the nearest Double to what a table prints.
private func twoDigits(_ value: Double) -> Double {
  Double(String(format: "%.1e", value)) ?? value
}
