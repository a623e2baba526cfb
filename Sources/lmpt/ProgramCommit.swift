// ProgramCommit - which commit the program is from.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTTuning

extension Installed {
  /// The commit of the sources, its first twelve digits: what `make install` wrote into
  /// `share/lmpt/COMMIT`, or that of the checkout in which the program was built and still is.
  ///
  /// Nil where neither is known. Changes that are not committed are not seen in a checkout.
  static let commit: String? = {
    let bin = program.deletingLastPathComponent()
    let share = bin.deletingLastPathComponent().appendingPathComponent("share/lmpt/COMMIT").path
    if let written = line(of: share) { return short(written) }
    let files = FileManager.default
    let found = folder(around: bin.path) { files.fileExists(atPath: "\($0)/.git") }
    guard let found, files.fileExists(atPath: "\(found)/Sources/lmpt") else { return nil }
    return head(ofRepository: "\(found)/.git", in: URL(fileURLWithPath: found, isDirectory: true))
  }()

  /// The commit that is checked out: HEAD names it, or a reference that lies in a file of its own or in
  /// `packed-refs`. In a work tree `.git` is a file that names the folder.
  static func head(ofRepository git: String, in folder: URL) -> String? {
    var own = git
    if let link = line(of: git), link.hasPrefix("gitdir: ") {
      own = URL(fileURLWithPath: String(link.dropFirst(8)), relativeTo: folder).path
    }
    guard let head = line(of: "\(own)/HEAD") else { return nil }
    guard head.hasPrefix("ref: ") else { return short(head) }
    let name = String(head.dropFirst(5))
    let common = line(of: "\(own)/commondir").map {
      URL(fileURLWithPath: $0, relativeTo: URL(fileURLWithPath: own, isDirectory: true)).path
    }
    for root in [own, common ?? own] {
      if let found = line(of: "\(root)/\(name)") { return short(found) }
      let packed = try? String(contentsOfFile: "\(root)/packed-refs", encoding: .utf8)
      let entry = packed?.split(separator: "\n").first { $0.hasSuffix(" \(name)") }
      if let entry { return short(String(entry)) }
    }
    return nil
  }

  /// The first line of a file.
  private static func line(of path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return text.split(separator: "\n", maxSplits: 1).first.map(String.init)
  }

  /// Twelve hexadecimal digits, or nil for another text.
  private static func short(_ text: String) -> String? {
    let digits = text.prefix { $0.isHexDigit }
    return digits.count >= 12 ? String(digits.prefix(12)) : nil
  }
}
