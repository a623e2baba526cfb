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
  // Not by FileManager, which takes no path that is not UTF-8.
  func make(_ path: String) -> Bool {
    if isFolder(path) { return true }
    var above = path.folderPrefix
    while above.hasSuffix("/") { above.removeLast() }
    guard above.isEmpty || make(above) else { return false }
    return path.withPath { mkdir($0, 0o777) } == 0 || isFolder(path)
  }
  guard make(path) else { throw FileError(file: path, cause: RunError.cannotMakeFolder) }
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

/// Gives a file or a folder of files another name, also on another disk. It appears there whole.
func movePath(_ from: String, to path: String) throws {
  guard let number = renamePath(from, to: path) else { return }
  // Another disk is mounted there, or linked to.
  guard number == EXDEV || number == EBUSY else {
    throw FileError(file: path, cause: FileAccessError.writing("rename", number))
  }
  if isFolder(from) {
    let arriving = "\(path).arriving"
    try makeFolder(arriving)
    for name in folderEntries(from) where !name.hasPrefix(".") {
      try copyFile("\(from)/\(name)", to: "\(arriving)/\(name)")
    }
    if let number = renamePath(arriving, to: path) {
      throw FileError(file: path, cause: FileAccessError.writing("rename", number))
    }
  } else {
    try copyFile(from, to: path)
  }
}

/// The system's number of what went wrong; nil where nothing did.
private func renamePath(_ from: String, to path: String) -> Int32? {
  from.withPath { from in path.withPath { rename(from, $0) == 0 ? nil : errno } }
}

/// Copies a file piece by piece; it appears whole.
func copyFile(_ from: String, to path: String) throws {
  let file = try MappedFile(path: from)
  try file.withBytes { bytes in
    try AtomicFile.write(to: path) { sink in
      for start in stride(from: 0, to: bytes.count, by: 1 << 24) {
        let part = UnsafeRawBufferPointer(
          rebasing: bytes[start..<min(start + 1 << 24, bytes.count)])
        try sink.write(part)
        file.giveBack(part)
      }
    }
  }
}

/// Removes a file, if it is there.
func removeFile(_ path: String) { _ = path.withPath { unlink($0) } }

/// Removes a file, or a folder with what is in it. Links are not followed.
func removeTree(_ path: String) {
  var info = stat()
  guard path.withPath({ lstat($0, &info) }) == 0 else { return }
  guard info.st_mode & S_IFMT == S_IFDIR else { return removeFile(path) }
  for name in folderEntries(path) where name != "." && name != ".." {
    removeTree("\(path)/\(name)")
  }
  _ = path.withPath { rmdir($0) }
}

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
