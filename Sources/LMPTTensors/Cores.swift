// Cores - how many processor cores this process may use.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Threads {
  /// Cores that this process may use: those of the machine, of its affinity mask (`taskset`, batch
  /// systems) and of its container's quota (`docker --cpus`), whichever are fewest.
  ///
  /// More threads than these wait for each other.
  package static let cores: Int = {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    #if os(Linux)
      return max(1, min(online, affinity() ?? online, containerQuota() ?? online))
    #else
      return online
    #endif
  }()

  #if os(Linux)
    private static func affinity() -> Int? {
      let name = "Cpus_allowed:"
      return lines("/proc/self/status").first { $0.hasPrefix(name) }
        .map { coresInMask(String($0.dropFirst(name.count))) }
    }

    /// The smallest quota of this process's control group and of those around it.
    private static func containerQuota() -> Int? {
      let old = ["quota", "period"].compactMap {
        lines("/sys/fs/cgroup/cpu/cpu.cfs_\($0)_us").first
      }
      var quotas = [quota(old.joined(separator: " "))]
      // Version 2 has the line `0::/path`; inside a container that is its own root.
      let group = lines("/proc/self/cgroup").first { $0.hasPrefix("0::/") }
      var path = group.map { String($0.dropFirst(3)) } ?? "/"
      while true {
        quotas.append(quota(lines("/sys/fs/cgroup\(path)/cpu.max").first ?? ""))
        guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
        path = slash == path.startIndex ? "/" : String(path[..<slash])
      }
      return quotas.compactMap { $0 }.min()
    }

    private static func lines(_ path: String) -> [String] {
      guard let file = fopen(path, "r") else { return [] }
      defer { fclose(file) }
      var (lines, bytes) = ([String](), [CChar](repeating: 0, count: 512))
      while fgets(&bytes, CInt(bytes.count), file) != nil {
        let text = bytes.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
        lines.append(String(decoding: text, as: UTF8.self))
      }
      return lines
    }
  #endif

  /// Bits of a mask in hexadecimal digits, such as `ff,0000000f`.
  static func coresInMask(_ text: String) -> Int {
    text.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }

  /// Cores of a quota written as `microseconds period`, rounded up; nil for `max` and -1, no limit.
  static func quota(_ text: String) -> Int? {
    let numbers = text.split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
    return numbers[0] / numbers[1] + (numbers[0] % numbers[1] == 0 ? 0 : 1)
  }
}
