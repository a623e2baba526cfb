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
  /// Room for a tile that is only partly within C, and for what else `KernelSet.edgeFloats` counts.
  var edge: UnsafeMutablePointer<Float>
  /// What a finished tile goes through.
  var finish: Epilogue.Arguments
}

/// Copying lines [first, last) of an image, and a place of zeros around it, into panels.
struct LinePacking {
  var image: UnsafePointer<Float>
  var height: Int
  var width: Int
  var channels: Int
  var target: UnsafeMutablePointer<Float>
  /// From -1, the line of zeros above the image, to one more than its height.
  var first: Int
  var last: Int
}

/// C (+)= A B over packed lines, terms [first, first + depth) of one row of a 3x3 kernel, for one panel
/// of B, and what follows it.
struct LineWork {
  var lines: Int
  var width: Int
  var channels: Int
  /// The first line as this row of the kernel sees it.
  var packed: UnsafePointer<Float>
  var first: Int
  var depth: Int
  var b: UnsafePointer<Float>
  /// The panel that comes after this one.
  var next: UnsafePointer<Float>
  var c: UnsafeMutablePointer<Float>
  var ldc: Int
  var columns: Int
  /// Whether the product is added to what is there.
  var add: Bool
  /// Room for a tile that is only partly within C.
  var edge: UnsafeMutablePointer<Float>
  /// What a finished tile goes through; without a residual.
  var finish: Epilogue.Arguments
}

/// The rows of a head through attention.
struct AttentionWork {
  var queries: Operand
  /// K^T and V, packed.
  var keys: UnsafePointer<Float>
  var values: UnsafePointer<Float>
  /// In how many blocks of terms the values are packed.
  var depths: Int
  var output: Target
  var tokens: Int
  var size: Int
  var scale: Float
  /// How many positions the first row attends to; every next row to one more, up to all.
  var first: Int
  /// Where the softmax is kept, or none.
  var probabilities: UnsafeMutablePointer<Float>?
  /// `KernelSet.edgeFloats`.
  var scratch: UnsafeMutablePointer<Float>
}

/// Rows through a softmax, or a gradient back through it.
struct SoftmaxWork {
  /// The rows, or their probabilities.
  var input: Operand
  /// The probabilities, or the gradient, which is changed in place.
  var output: Target
  var rows: Int
  var columns: Int
  /// What the rows are multiplied with first.
  var scale: Float
  /// Elements of the first row; every next row has one more, up to all columns.
  var first: Int
}

/// Rows through LayerNorm.
struct LayerNormWork {
  var x: UnsafePointer<Float>
  var weight: UnsafePointer<Float>
  var bias: UnsafePointer<Float>
  var y: UnsafeMutablePointer<Float>
  /// Where the mean of each row is kept, and 1 / sqrt(variance + eps).
  var means: UnsafeMutablePointer<Float>
  var inverses: UnsafeMutablePointer<Float>
  var rows: Int
  var columns: Int
  var eps: Float
}

/// A gradient back through LayerNorm to its input.
struct LayerNormGradientWork {
  var x: UnsafePointer<Float>
  var weight: UnsafePointer<Float>
  var upstream: UnsafePointer<Float>
  /// What was kept of each row.
  var means: UnsafePointer<Float>
  var inverses: UnsafePointer<Float>
  var gradient: UnsafeMutablePointer<Float>
  var rows: Int
  var columns: Int
}
