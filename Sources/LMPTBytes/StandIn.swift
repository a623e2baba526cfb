// StandIn - what a download leaves in a file's place: a pointer, a page, a server's message.
// SPDX-License-Identifier: Apache-2.0

/// A file that holds not what its name promises, but a word about it.
package enum StandInError: DiagnosticError, Equatable {
  /// A pointer of Git LFS; the contents, of this many bytes, are elsewhere.
  case lfsPointer(bytes: Int?)
  /// A pointer of git-annex.
  case annexPointer
  /// A page for a browser.
  case page
  /// What a server answers instead of a file.
  case message(String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .lfsPointer(let bytes):
      Diagnostic(
        "file.pointer",
        "this is a Git LFS pointer, not the file itself"
          + (bytes.map { ", which has \($0) bytes" } ?? "") + " (offset 0)",
        hint: "run 'git lfs pull' in the repository, or download the file itself")
    case .annexPointer:
      Diagnostic(
        "file.pointer", "this is a git-annex pointer, not the file itself (offset 0)",
        hint: "run 'git annex get' in the repository")
    case .page:
      Diagnostic(
        "file.page", "this is an HTML page, not the file itself (offset 0)",
        hint: "check the address and your access to it, and download the file again")
    case .message(let text):
      Diagnostic(
        "file.page",
        "this is a server's message, not the file itself: \(printable(text)) (offset 0)",
        hint: "check the address and your access to it, and download the file again")
    }
  }

  /// Throws when the bytes stand in for a file.
  ///
  /// No weights, arrays and pictures begin so: all of these are text from the first byte on.
  ///
  /// - Throws: the case that fits.
  package static func check(_ bytes: UnsafeRawBufferPointer) throws(StandInError) {
    // 80 bytes tell almost every file: text has neither a zero nor a byte of another alphabet there.
    var start = bytes.prefix(1024)
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
    guard !start.prefix(16).contains(where: { $0 >= 0x80 || $0 < 0x20 && !isSpace($0) }) else {
      return
    }
    let text = String(decoding: start.drop(while: isSpace), as: UTF8.self)
    if text.hasPrefix("version https://git-lfs") || text.hasPrefix("version https://hawser") {
      let size = text.split(separator: "\n").first { $0.hasPrefix("size ") }
      throw .lfsPointer(bytes: size.flatMap { Int($0.dropFirst(5)) })
    }
    let small = text.lowercased()
    if small.hasPrefix("/annex/objects/") || small.hasPrefix("../.git/annex/") {
      throw .annexPointer
    }
    if pages.contains(where: small.hasPrefix)
      || small.hasPrefix("<!--") && small.contains("<html")
      || small.hasPrefix("<?xml") && small.contains("<html")
    {
      throw .page
    }
    // A message is short; longer texts are left to whoever knows what they should be.
    guard bytes.count < 1 << 16 else { return }
    let isMessage =
      messages.contains(where: small.hasPrefix)
      || small.hasPrefix("<?xml") && small.contains("<error>") || small.hasPrefix("<error>")
      || small.first == "{" && keys.contains(where: small.filter { !$0.isWhitespace }.hasPrefix)
    guard isMessage else { return }
    throw .message(
      String(text.prefix(80)).split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  private static let pages = [
    "<!doctype html", "<html", "<head", "<body", "<title", "<meta ", "<script", "<center", "<h1",
    "<div", "<p>", "<pre", "<a href",
  ]

  private static let messages = [
    "entry not found", "not found", "404", "403", "401", "400", "429", "500", "502", "503",
    "file not found", "page not found", "repository not found", "no such ", "revision not found",
    "invalid username or password", "invalid credentials", "access to model", "access denied",
    "forbidden", "unauthorized", "you are trying to access a gated", "too many requests",
    "rate limit", "internal server error", "bad gateway", "service unavailable", "error:",
    "http/1", "moved permanently", "found. redirecting", "temporary redirect", "redirecting to",
    "cannot access gated repo", "the requested ", "model not found",
  ]

  private static let keys = [
    "{\"error", "{\"message\":", "{\"detail\":", "{\"status\":", "{\"code\":",
  ]
}
