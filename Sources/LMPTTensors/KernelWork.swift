// KernelWork - what a product asks of a kernel, by name.
// SPDX-License-Identifier: Apache-2.0

// The kernels take plain numbers and pointers (docs/Architecture.md, "Kernels"); these values are
// taken apart at their border, in KernelTables.swift.

/// Copying panels [first, last) of a matrix into the order in which tiles read them.
struct PackingWork {
  /// Where the block lies.
  var matrix: Operand
  /// Rows of A's block, or columns of B's.
  var count: Int
  /// Terms of a sum: columns of A's block, or rows of B's.
  var depth: Int
  var target: UnsafeMutablePointer<Float>
  var first: Int
  var last: Int
}

/// C (+)= A B over panels [aFirst, aLast) of A and [bFirst, bLast) of B, and what follows it.
struct PanelWork {
  var m: Int
  var n: Int
  var k: Int
  var a: UnsafePointer<Float>
  /// Element (i, p) is at `a[i * aRow + p * aStep]`; `aStep` 0 says that A is packed.
  var aRow = 0
  var aStep = 0
  var b: UnsafePointer<Float>
  /// From a row of B to the next; 0 says that B is packed.
  var bStep = 0
  /// The last columns of a B that is not packed, where they fill no vector.
  var bTail: UnsafePointer<Float>
  var c: UnsafeMutablePointer<Float>
  var ldc: Int
  /// Whether the product is added to what is there.
  var add: Bool
  var aFirst: Int
  var aLast: Int
  var bFirst: Int
  var bLast: Int
  /// Room for a tile that is only partly within C.
  var edge: UnsafeMutablePointer<Float>
  /// What a finished tile goes through.
  var finish: Epilogue.Arguments
}
