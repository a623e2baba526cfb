// TorchScriptClass - which attributes of a TorchScript class are weights.
// SPDX-License-Identifier: Apache-2.0

/// The two lists that a TorchScript class begins with.
///
/// A pickled module does not say which of its tensors are parameters and buffers, which belong to
/// `state_dict()`, and which are plain attributes (attention masks, for example), which do not. The
/// archive's source text does, in lines such as
///
///     class Linear(Module):
///       __parameters__ = ["weight", "bias", ]
///       __buffers__ = []
///
/// The text is only searched for these lines.
enum TorchScriptClass {
  /// The names in both lists, or `nil` if the class is not in the text.
  static func registered(
    _ name: Substring, in code: UnsafeRawBufferPointer
  ) -> Set<String>? {
    var names: Set<String>?
    for line in code.split(separator: 0x0A) {
      if line.starts(with: "class ".utf8) {
        if names != nil { break }
        if line.starts(with: "class \(name)(".utf8) { names = [] }
      } else if names != nil {
        let text = String(decoding: line, as: UTF8.self)
        for list in ["  __parameters__ = [", "  __buffers__ = ["] where text.hasPrefix(list) {
          names?.formUnion(strings(text.dropFirst(list.count)))
        }
      }
    }
    return names
  }

  /// The double-quoted strings of a line; names with escapes do not occur.
  private static func strings(_ text: Substring) -> [String] {
    let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
    return stride(from: 1, to: pieces.count, by: 2).map { String(pieces[$0]) }
  }
}
