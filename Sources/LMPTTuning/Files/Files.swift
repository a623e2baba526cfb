// Files - the few file-system calls of a run: sizes, folders, listings.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation

/// The size of a regular file in bytes; nil when there is none.
func fileSize(_ path: String) -> Int? {
  var info = stat()
  guard path.withPath({ stat($0, &info) }) == 0, info.st_mode & S_IFMT == S_IFREG else {
    return nil
  }
  return Int(info.st_size)
}

/// Whether a folder stands at a path, links followed.
package func isFolder(_ path: String) -> Bool {
  var info = stat()
  return path.withPath({ stat($0, &info) }) == 0 && info.st_mode & S_IFMT == S_IFDIR
}

/// Makes a folder and those above it.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw FileError(file: path, cause: RunError.cannotMakeFolder)
  }
}

/// The nearest of a folder and the folders around it for which `holds` is true.
package func folder(around start: String, where holds: (String) -> Bool) -> String? {
  var folder = URL(fileURLWithPath: start).standardizedFileURL
  while !holds(folder.path) {
    let parent = folder.deletingLastPathComponent()
    if parent.path == folder.path { return nil }
    folder = parent
  }
  return folder.path
}

/// Whether something is at a path, also a link that leads nowhere.
func pathExists(_ path: String) -> Bool {
  var info = stat()
  return path.withPath { lstat($0, &info) } == 0
}

/// Gives a file or a folder another name on the same disk.
func movePath(_ from: String, to path: String) throws {
  let moved = from.withPath { from in path.withPath { rename(from, $0) } }
  guard moved == 0 else {
    throw FileError(file: path, cause: FileAccessError.writing("rename", errno))
  }
}

/// Removes a file, if it is there.
func removeFile(_ path: String) { unlink(path) }

/// The folder for feature caches: `$XDG_CACHE_HOME/lmpt` or `~/.cache/lmpt`.
package func defaultCacheRoot() -> String {
  let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
  // A relative path is ignored, as the specification of the variable asks.
  if let root = environment["XDG_CACHE_HOME"], root.hasPrefix("/") { return "\(root)/lmpt" }
  return "\(environment["HOME"] ?? ".")/.cache/lmpt"
}

/// Whether a listed path stays inside the data folder, links followed.
func isInside(_ path: String, root: String) -> Bool {
  let parts = path.parts(between: "/", omittingEmpty: false)
  if parts.first == "" || parts.contains("..") { return false }
  guard let resolvedRoot = resolved(root), let resolvedPath = resolved("\(root)/\(path)") else {
    return true  // what is not there is reported as missing, later
  }
  let folder = resolvedRoot == "/" ? "/" : resolvedRoot + "/"
  return resolvedPath.utf8.starts(with: folder.utf8)
}

private func resolved(_ path: String) -> String? {
  guard let pointer = realpath(path, nil) else { return nil }
  defer { free(pointer) }
  return String(cString: pointer)
}
