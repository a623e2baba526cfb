// TorchScriptClass - which attributes of a TorchScript class are weights.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

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
/// The text is only searched for these lines, once, for all classes in it.
enum TorchScriptClass {
  /// The names in both lists of every class in the text; of two with one name, the first.
  static func all(in code: UnsafeRawBufferPointer) -> [String: Set<String>] {
    var classes: [String: Set<String>] = [:]
    var current: String?
    var start = 0
    while start < code.count {
      let end = code[start...].firstIndex(of: 0x0A) ?? code.count
      let line = code[start..<end]
      start = end + 1
      if line.starts(with: "class ".utf8) {
        let rest = line.dropFirst(6)
        current = rest.firstIndex(of: UInt8(ascii: "(")).map {
          String(decoding: rest[..<$0], as: UTF8.self)
        }
        if let name = current {
          if classes[name] == nil { classes[name] = [] } else { current = nil }
        }
      } else if let current {
        for list in ["  __parameters__ = [", "  __buffers__ = ["]
        where line.starts(with: list.utf8) {
          insertStrings(of: line.dropFirst(list.utf8.count), into: &classes[current, default: []])
        }
      }
    }
    return classes
  }

  /// The double-quoted strings of a line; names with escapes do not occur.
  private static func insertStrings(
    of line: Slice<UnsafeRawBufferPointer>, into names: inout Set<String>
  ) {
    var rest = line
    let quote = UInt8(ascii: "\"")
    while let open = rest.firstIndex(of: quote) {
      let inside = rest[(open + 1)...]
      let close = inside.firstIndex(of: quote) ?? inside.endIndex
      names.insert(String(decoding: inside[..<close], as: UTF8.self))
      rest = inside[close...].dropFirst()
    }
  }
}

/// The source texts of a TorchScript archive, each opened once, when a class in it is met.
struct TorchScriptCode {
  let archive: ZipArchive
  let folder: String
  private var texts: [String: [String: Set<String>]?] = [:]
  private var bytesLeft = TorchScriptCode.limit

  /// Most bytes of source text that are read: CLIP's largest archive has a few megabytes.
  static let limit = 1 << 24

  init(archive: ZipArchive, folder: String) {
    self.archive = archive
    self.folder = folder
  }

  /// The names that a class registers as parameters and buffers, or `nil` if its code is not in the
  /// archive.
  mutating func registered(_ type: String) throws -> Set<String>? {
    guard let dot = type.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let module = String(type[..<dot])
    let name = String(type[type.utf8.index(after: dot)...])
    if let known = texts[module] { return known?[name] }
    let classes = try read(module)
    texts[module] = .some(classes)
    return classes?[name]
  }

  private mutating func read(_ module: String) throws -> [String: Set<String>]? {
    let path = module.utf8.split(separator: UInt8(ascii: ".")).map { String(Substring($0)) }
      .joined(separator: "/")
    guard let entry = archive["\(folder)/code/\(path).py"] else { return nil }
    guard entry.size <= bytesLeft else {
      throw ZipError.tooLarge(entry.name, declared: entry.size, limit: bytesLeft)
    }
    bytesLeft -= entry.size
    let code = try archive.contents(entry, verify: true)
    return withExtendedLifetime(code.owner) { TorchScriptClass.all(in: code.bytes) }
  }
}
