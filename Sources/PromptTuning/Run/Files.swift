// Files - the few file-system calls of a run: sizes, folders, listings.
// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation

/// The size of a regular file in bytes; nil when there is none.
func fileSize(_ path: String) -> Int? {
  var info = stat()
  guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
  return Int(info.st_size)
}

/// Makes a folder and those above it.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw FileError(file: path, cause: RunError.cannotMakeFolder)
  }
}

/// The folder for feature caches: `$XDG_CACHE_HOME/lmpt` or `~/.cache/lmpt`.
public func defaultCacheRoot() -> String {
  let environment = ProcessInfo.processInfo.environment
  if let root = environment["XDG_CACHE_HOME"], !root.isEmpty { return "\(root)/lmpt" }
  return "\(environment["HOME"] ?? ".")/.cache/lmpt"
}
