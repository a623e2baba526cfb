// cost - how the time and memory of reading a file grow with it, for the worst shapes of each parser.
// SPDX-License-Identifier: Apache-2.0
//
// Usage: cost [WORD]       every shape, or those whose parser or name has the word
//        cost --one I FILE   the shape with this number, in this process

import LMPTBytes
import Foundation

/// What reading one file cost.
struct Cost {
  /// Bytes of the file and of what it declares.
  var holds: Int
  var seconds: Double
  var peak: Int

  /// The least of both: noise only adds.
  func least(_ other: Cost) -> Cost {
    Cost(holds: holds, seconds: min(seconds, other.seconds), peak: min(peak, other.peak))
  }
}

/// Reads a file in a process of its own, because memory that was given back need not be the system's
/// again; nil when that takes longer than `limit` seconds.
func measure(_ index: Int, _ file: (path: String, holds: Int), limit: Double) throws -> Cost? {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
  process.arguments = ["--one", "\(index)", file.path]
  process.standardOutput = output
  try process.run()
  let start = ContinuousClock().now
  while process.isRunning {
    usleep(1000)
    if ContinuousClock().now - start > .seconds(limit) {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return nil
    }
  }
  let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    .split { $0.isWhitespace }
  guard process.terminationStatus == 0, words.count == 2, let seconds = Double(words[0]),
    let peak = Int(words[1])
  else {
    print("cost: shape \(index) ended with \(process.terminationStatus)")
    return nil
  }
  return Cost(holds: file.holds, seconds: seconds, peak: peak)
}

/// Reads a file once and prints what it cost.
func runOne(_ shape: Shape, _ path: String) throws {
  let input = try FileBytes(path: path).withBytes { [UInt8]($0) }
  shape.prepare()
  forgetPeak()
  let (memory, start) = (residentMemory(), processorSeconds())
  shape.read(input)
  let seconds = processorSeconds() - start
  print(seconds, max(0, peakMemory() - memory))
}

/// Whether a shape keeps its parser's bounds; says why not.
func check(_ index: Int, _ shape: Shape) throws -> Bool {
  guard let bound = bounds[shape.parser] else {
    print("cost: \(shape.parser) has no bound")
    return false
  }
  let folder = FileManager.default.temporaryDirectory.path
  let files = try [1, 2, 4, 8].map { factor in
    let (bytes, declared) = shape.make(factor * shape.size)
    let path = "\(folder)/lmpt-cost-\(getpid())-\(index)-\(factor)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return (path: path, holds: bytes.count + declared)
  }
  defer { for file in files { unlink(file.path) } }
  var costs: [Cost] = []
  var problem = "takes longer than 20 s"
  // A busy machine shows as time, seldom three times.
  for attempt in 0..<3 {
    for (place, file) in files.enumerated() {
      guard let cost = try measure(index, file, limit: 20) else {
        return report(shape, costs, problem)
      }
      if attempt == 0 { costs.append(cost) } else { costs[place] = costs[place].least(cost) }
    }
    let (second, last) = (costs[1], costs[3])
    // Four times the bytes take four times as long, n log n somewhat more, n squared 16 times. What
    // takes less than 20 ms tells nothing: the bound below judges it.
    let growth =
      last.seconds / max(second.seconds, 0.002) * 4 * Double(second.holds) / Double(last.holds)
    let nanoseconds = (last.seconds - 0.02) * 1e9 / Double(last.holds)
    let bytes = Double(last.peak - 8 << 20) / Double(last.holds)
    if last.seconds > 0.02, growth > 9 {
      problem = "four times the bytes take \(growth) times as long"
    } else if nanoseconds > bound.nanoseconds {
      problem = "takes \(nanoseconds) ns a byte, more than \(bound.nanoseconds)"
    } else if bytes > bound.bytes {
      problem = "takes \(bytes) bytes a byte, more than \(bound.bytes)"
    } else {
      return report(shape, costs, nil)
    }
  }
  return report(shape, costs, problem)
}

func report(_ shape: Shape, _ costs: [Cost], _ problem: String?) -> Bool {
  let times = costs.map { String(format: "%.3f", $0.seconds) }.joined(separator: " ")
  let last = costs.last
  let perByte = last.map { $0.seconds * 1e9 / Double($0.holds) } ?? 0
  let memory = last.map { Double($0.peak) / Double($0.holds) } ?? 0
  print(
    "\(shape.parser), \(shape.name): \(times) s,",
    String(format: "%.0f ns and %.1f bytes a byte", perByte, memory),
    problem.map { "- \($0)" } ?? "")
  fflush(nil)
  return problem == nil
}

let words = Array(CommandLine.arguments.dropFirst())
if words.count == 3, words[0] == "--one", let index = Int(words[1]) {
  try runOne(shapes[index], words[2])
} else {
  var failed = 0
  var run = 0
  for (index, shape) in shapes.enumerated() {
    if let word = words.first, !"\(shape.parser) \(shape.name)".contains(word) { continue }
    run += 1
    if try !check(index, shape) { failed += 1 }
  }
  print("cost: \(run) shapes, \(failed) beyond their bounds")
  exit(failed == 0 && run > 0 ? 0 : 1)
}
