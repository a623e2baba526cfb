// main - the benchmark program: `swift run bench TOPIC`.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import LMPTTensors

func fail(_ message: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("bench: \(message)\n".utf8))
  exit(code)
}

/// A line about how far the program is, beside the table on standard output.
func tell(_ message: String) {
  FileHandle.standardError.write(Data(message.utf8))
}

let started = ContinuousClock.now

do {
  let options = try Options(Array(CommandLine.arguments.dropFirst()))
  if options.help {
    print(Options.usage)
    exit(0)
  }
  _ = try KernelSet.select()
  if options.topics == ["processor"] { exit(SelfCheck.run() ? 0 : 4) }
  if options.topics == [MemoryWork.child] {
    Threads.count = options.threads[0]
    try MemoryWork.run(MemoryWork.Scope(rawValue: options.filter) ?? .tuning)
    exit(0)
  }
  let peers = try Peers(options.against)
  var report = Report(peers: peers.versions)
  for threads in options.threads { report.measurePeak(threads) }
  if options.isOverview {
    tell("an overview of \(options.topics.count) topics, about two minutes; 'bench all' is whole\n")
  }
  if !options.json {
    print("\(Processor.name), kernels \(KernelSet.current.name), commit \(Report.commit)")
    for (threads, peak) in report.peaks.sorted(by: { $0.key < $1.key }) {
      print("peak of \(threads) thread\(threads == 1 ? "" : "s"): \(Int(peak.rounded())) GFLOP/s")
    }
    for (name, version) in peers.versions { print("against \(name): \(version)") }
    print(Report.header)
  }
  var slower: [String] = []
  for (index, topic) in options.topics.enumerated() {
    if options.topics.count > 1, !options.json {
      tell("[\(index + 1)/\(options.topics.count)] \(topic), \(Int(started.seconds)) s so far\n")
    }
    var part = Report(peers: peers.versions, peaks: report.peaks)
    // A peak that the last topic did without: this one's lines may all be below a new one.
    for threads in options.threads where part.peaks[threads] == nil { part.measurePeak(threads) }
    func add(_ result: Measurement) {
      part.results.append(result)
      if (part.percentOfPeak(result) ?? 0) > 100 { part.measurePeak(result.threads) }
      if !options.json { print(part.line(result)) }
      fflush(nil)  // a line at a time, also into a pipe
    }
    if topic == "memory" {
      for scope in MemoryWork.Scope.allCases where !options.isOverview || scope == .tuning {
        add(try MemoryWork.measure(scope, threads: options.threads.max() ?? 1))
      }
    }
    for work in try works(topic, peers, options)
    where options.filter.isEmpty || work.name.contains(options.filter) {
      if options.isOverview, work.isLong { continue }
      for threads in work.threads.map({ [$0] }) ?? options.threads {
        add(try measure(work, threads: threads, options: options, peers: peers))
      }
    }
    if options.check {
      slower += try Results.regressions(part, topic: topic, peer: options.against?.word)
    }
    if options.save { try Results.save(part, topic: topic, peer: options.against?.word) }
    report.results += part.results
    report.peaks = part.peaks
  }
  if options.json {
    // A peak that is measured again may still be below the lines of earlier topics.
    for threads in report.peaks.keys { report.dropPeakBelowLines(threads) }
    print(report.json.text())
  }
  if !slower.isEmpty {
    fail("slower than stored by more than a quarter:\n" + slower.joined(separator: "\n"), 4)
  }
} catch let error as UsageError {
  fail(error.message + "\n" + Options.usage, 2)
} catch let error as PeerError {
  fail(error.message, 3)
} catch let error as KernelError {
  fail(error.description, 2)
} catch {
  fail("\(error)", 3)
}

/// The pieces of work of a topic.
func works(_ topic: String, _ peers: Peers, _ options: Options) throws -> [Work] {
  switch topic {
  case "gemm": GemmShape.all
  case "attention": LayerWork.attention()
  case "elementwise": LayerWork.elementwise()
  case "encoder": TowerWork.all
  case "text-step": try EncoderWork.textSteps()
  case "train-step": try TrainStepWork.all()
  case "growth": try GrowthWork.all()
  case "layers": GrowthWork.layers()
  case "images": try ImagesBench.all(options.folder)
  case "tokenizer": try TokenizerBench.all
  case "load": try LoadWork.load(peers.torch)
  case "ladder": Ladder.works()
  default: []
  }
}
