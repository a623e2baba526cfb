// Machine - the processor's time and the memory of this process.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Seconds that the processor has worked for this process: the machine's load is not in them.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Begins the peak of resident memory anew, where the system can.
func forgetPeak() {
  #if os(Linux)
    if let file = fopen("/proc/self/clear_refs", "w") {
      fputs("5", file)
      fclose(file)
    }
  #endif
}

/// Resident memory now.
func residentMemory() -> Int {
  #if os(Linux)
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  #else
    return 0
  #endif
}
