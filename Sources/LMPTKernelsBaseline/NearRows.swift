// NearRows - rows of A copied to a distance from each other that the tiles know.
// SPDX-License-Identifier: Apache-2.0

/// Whether rows of A that are not packed are copied first.
///
/// Fourteen rows at a distance that is not known are fourteen addresses, and the compiler makes room
/// for them by keeping accumulators in memory: half of the speed. At a known distance they are one
/// address and constants. A copy is a fiftieth of the work, or less. Six rows or four do not need it.
var copiesRows: Bool {
  @inline(__always) get {
    #if KERNEL_AVX512
      true
    #else
      false
    #endif
  }
}

/// From a row to the next: 89 cache lines, an odd number, so that the rows of a tile are spread over
/// the places of the nearest cache.
public var nearRow: Int { @inline(__always) get { 89 &* 16 } }

/// Room for a tile and for its rows of A.
public var edgeFloats: Int { @inline(__always) get { tileRows &* (tileColumns &+ nearRow) } }

/// Copies `count` values of each of `rows` rows to `nearRow` from each other.
@inline(__always)
func copyRows(_ source: Source, _ ld: Int, _ rows: Int, _ count: Int, _ target: Target) {
  var i = 0
  while i < rows {
    var j = 0
    while j < count {
      store(load(source + (i &* ld &+ j), upTo: count &- j), target + (i &* nearRow &+ j))
      j &+= lanes
    }
    i &+= 1
  }
}
