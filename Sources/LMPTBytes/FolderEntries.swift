// FolderEntries - the names in a folder, whatever bytes they are.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The names in a folder in no order, `.` and `..` among them; none where it cannot be listed.
package func folderEntries(_ folder: String) -> [String] {
  guard let listing = folder.withPath({ opendir($0) }) else { return [] }
  defer { closedir(listing) }
  var names: [String] = []
  while let entry = readdir(listing) {
    names.append(
      withUnsafePointer(to: &entry.pointee.d_name) {
        // safety: readdir ends the name with a zero inside the field.
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { pointer in
          String(pathBytes: UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
        }
      })
  }
  return names
}
