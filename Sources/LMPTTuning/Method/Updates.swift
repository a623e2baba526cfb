// Updates - the optimiser and the schedule of a run, and the options that they read.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

extension AnyTrainingOption {
  /// The update rule (`--optimizer`).
  public static var optimizer: TrainingOption<OptimizerKind> {
    TrainingOption(
      "optimizer", OptimizerKind.sgd, group: .optimizer, tag: "A1", help: "the update rule")
  }
  /// Step size (`--lr`).
  public static var learningRate: TrainingOption<Double> {
    TrainingOption(
      "lr", "RATE", 5e-4, in: 0...1e3, group: .optimizer, tag: "A1", help: "learning rate")
  }
  /// SGD's momentum.
  public static var momentum: TrainingOption<Double> {
    TrainingOption(
      "momentum", "P", 0.9, in: 0...1, group: .optimizer, tag: "A1", help: "SGD's momentum")
  }
  /// Weight decay.
  public static var weightDecay: TrainingOption<Double> {
    TrainingOption(
      "weight_decay", "W", 1e-4, in: 0...1e3, group: .optimizer, tag: "A1", help: "weight decay")
  }
  /// The learning-rate schedule.
  public static var schedule: TrainingOption<ScheduleKind> {
    TrainingOption(
      "schedule", ScheduleKind.plateau, group: .optimizer, help: "learning rate over epochs")
  }
  /// Images per step (`--batch_size`).
  public static var batch: TrainingOption<Int> {
    TrainingOption(
      "batch_size", "B", 64, in: 1...1_000_000, aliases: ["batch"], group: .optimizer,
      help: "images per step")
  }
  /// Passes over the training images (`--epochs`).
  public static var epochs: TrainingOption<Int> {
    TrainingOption(
      "epochs", "N", 50, in: 0...1_000_000, group: .optimizer,
      help: "passes over the training images")
  }
  /// Seeds the context, the order and the mirroring (`--seed`).
  public static var seed: TrainingOption<Int> {
    TrainingOption(
      "seed", "N", 0, in: 0...Int(Int32.max), group: .training,
      help: "seeds context, order and mirroring")
  }
}

extension TrainingOptions {
  /// The optimiser before its first step.
  package var makeOptimizer: Optimizer {
    Optimizer(
      self.optimizer, learningRate: self.learningRate, momentum: self.momentum,
      weightDecay: self.weightDecay)
  }

  /// The schedule before the first epoch; `mode` says whether what it watches should rise or fall.
  func makeSchedule(_ mode: ScheduleMode) -> Schedule {
    Schedule(self.schedule, initialRate: self.learningRate, epochs: self.epochs, mode: mode)
  }
}
