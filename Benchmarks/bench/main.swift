// main - the benchmark program: `swift run bench TOPIC`.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Tensors

func fail(_ message: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("bench: \(message)\n".utf8))
  exit(code)
}

do {
  let options = try Options(Array(CommandLine.arguments.dropFirst()))
  if options.help {
    print(Options.usage)
    exit(0)
  }
  _ = try KernelSet.select()
  let peer = try options.peer.map(Peer.init)
  var report = Report()
  for threads in options.threads {
    Threads.count = threads
    report.peaks[threads] = KernelSet.current.measurePeak(threads: threads)
  }
  if !options.json {
    print("\(Processor.name), kernels \(KernelSet.current.name), commit \(Report.commit)")
    for (threads, peak) in report.peaks.sorted(by: { $0.key < $1.key }) {
      print("peak of \(threads) thread\(threads == 1 ? "" : "s"): \(Int(peak.rounded())) GFLOP/s")
    }
    print(Report.header)
  }
  for topic in options.topics {
    for work in try works(topic) {
      for threads in options.threads {
        let result = try measure(work, threads: threads, options: options, peer: peer)
        report.results.append(result)
        if !options.json { print(report.line(result)) }
      }
    }
  }
  if options.json { print(report.json.text()) }
} catch let error as UsageError {
  fail(error.message + "\n" + Options.usage, 2)
} catch let error as PeerError {
  fail(error.message, 3)
} catch let error as KernelError {
  fail(error.description, 2)
}

/// The pieces of work of a topic.
func works(_ topic: String) throws -> [Work] {
  switch topic {
  case "gemm": GemmShape.all
  case "images": try ImagesBench.all
  case "tokenizer": try TokenizerBench.all
  default: []
  }
}
