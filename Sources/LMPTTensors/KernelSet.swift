// KernelSet - the hot loops as one kernel target has them, chosen at the first use.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The functions of one kernel target.
///
/// The targets share their source. Their vectors differ in width, or a multiply-add in its roundings.
package struct KernelSet: Sendable {
  typealias In = UnsafePointer<Float>
  typealias Out = UnsafeMutablePointer<Float>

  /// "avx512", "avx2", "neon", "baseline" or "baseline-fast".
  package let name: String
  /// Rows and columns of a tile of the matrix product.
  let tileRows: Int
  let tileColumns: Int
  /// Values of a packed panel of places for each channel.
  let lineWidth: Int
  /// Most terms of rows that are not packed, and numbers of a row of `attendRows`.
  let nearRow: Int
  /// Room for a tile and for rows that are not packed.
  let edgeFloats: Int
  /// Into panels of rows, and of columns.
  let packA: @Sendable (PackingWork) -> Void
  let packB: @Sendable (PackingWork) -> Void
  let multiplyPanels: @Sendable (PanelWork) -> Void
  /// Lines of an image into panels, and a 3x3 convolution's products over them.
  let packLines: @Sendable (LinePacking) -> Void
  let multiplyLines: @Sendable (LineWork) -> Void
  let attendRows: @Sendable (AttentionWork) -> Void
  /// Elementwise: (x, y, count).
  let exp: @Sendable (In, Out, Int) -> Void
  let quickGELU: @Sendable (In, Out, Int) -> Void
  let gelu: @Sendable (In, Out, Int) -> Void
  /// Upstream gradient times the derivative: (x, upstream, result, count).
  let quickGELUGradient: @Sendable (In, In, Out, Int) -> Void
  let geluGradient: @Sendable (In, In, Out, Int) -> Void
  let softmaxRows: @Sendable (SoftmaxWork) -> Void
  let softmaxGradientRows: @Sendable (SoftmaxWork) -> Void
  let layerNormRows: @Sendable (LayerNormWork) -> Void
  let layerNormGradientRows: @Sendable (LayerNormGradientWork) -> Void
  /// Multiply-adds on registers: (rounds, factor, term), and the operations of a round.
  let peak: @Sendable (Int, Float, Float) -> Float
  let peakOperations: Int
}

extension KernelSet {
  /// The sets that this processor can run, the best first.
  package static let available: [KernelSet] = {
    var sets: [KernelSet] = []
    #if arch(x86_64)
      // A set that was compiled without its instructions (by another host, say) is the baseline again.
      for set in [avx512, avx2] where Processor.has(set.name) { sets.append(set) }
    #endif
    sets.append(baseline)
    #if arch(x86_64)
      sets.append(baselineFast)
    #endif
    return sets
  }()

  /// Whether its bits are those of docs/Arithmetic.md, as of all sets but one.
  package var followsContract: Bool { name != "baseline-fast" }

  /// What decides the bits of results: the same word for all sets that follow docs/Arithmetic.md.
  ///
  /// Caches and runs are compared by it. It is the name of the set that computed so before the others
  /// did, so that its caches stay.
  public var arithmetic: String { followsContract ? "avx2" : name }

  /// The version of docs/Arithmetic.md that runs are computed by. A change that moves bits of a run
  /// counts it up, so that no run is resumed, or joined to others, across such a change.
  ///
  /// 1 had e^x, logarithms, powers and sines of the C library, 2 has the project's own.
  public static let arithmeticVersion = 2

  /// That version as the files of collections record it; baseline-fast has bits of its own.
  package var contract: String { followsContract ? "\(Self.arithmeticVersion)" : name }

  /// The sets of this processor that give the same bits.
  package static var equal: [KernelSet] { available.filter(\.followsContract) }

  /// The set in use: the best, or the one that `LMPT_KERNEL` names.
  ///
  /// A bad name falls back to the best here; the command line refuses it with `select`.
  package static let current: KernelSet = (try? select()) ?? available[0]

  /// The set that the environment variable `LMPT_KERNEL` asks for, or the best.
  ///
  /// - Throws: `KernelError` when the name is unknown or this processor cannot run it.
  package static func select() throws -> KernelSet {
    guard let value = getenv("LMPT_KERNEL") else { return available[0] }
    return try named(String(cString: value))
  }

  /// The set of a given name; the empty name is the best.
  static func named(_ name: String) throws -> KernelSet {
    if name.isEmpty { return available[0] }
    if let set = available.first(where: { $0.name == name }) { return set }
    guard ["baseline", "baseline-fast", "avx2", "avx512", "neon"].contains(name) else {
      throw KernelError.unknown(name, available: available.map(\.name))
    }
    throw KernelError.unsupported(name, available: available.map(\.name))
  }
}

/// Why the kernels asked for cannot be used.
package enum KernelError: Error, Equatable, CustomStringConvertible, Sendable {
  /// No kernel set has this name.
  case unknown(String, available: [String])
  /// The processor or the operating system lacks its instructions.
  case unsupported(String, available: [String])

  /// What is wrong and what to do, on one line.
  package var description: String {
    switch self {
    case .unknown(let name, let available):
      "LMPT_KERNEL: no kernels are called '\(name)'. "
        + "Hint: use one of \(available.joined(separator: ", "))."
    case .unsupported(let name, let available):
      "LMPT_KERNEL: \(Processor.name) cannot run the '\(name)' kernels. "
        + "Hint: use one of \(available.joined(separator: ", "))."
    }
  }
}
