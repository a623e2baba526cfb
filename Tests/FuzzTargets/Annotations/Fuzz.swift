// FuzzAnnotations - any bytes as VOC's XML, COCO's JSON, a table or a list: an error or a set whose
// labels are its classes', never a trap.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import FuzzWork
import LMPTTuning

/// libFuzzer's entry; the first byte chooses the format and whether the classes are given.
///
/// - Parameters:
///   - data: the bytes to try.
///   - count: how many there are.
/// - Returns: 0, always.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let work = Work(count)
  defer { work.check() }
  guard let data, count > 0 else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data + 1, count: count - 1)
  let formats = AnnotationFormat.all
  let names = data[0] & 4 == 0 ? nil : ["cat", "dog", "potted plant"]
  guard
    let set = try? MultiLabelSet(
      bytes, format: formats[Int(data[0] & 3)], prefix: "images/", classNames: names)
  else { return 0 }
  for image in set.images {
    // Bytes, because a slash and an accent after it are one Character.
    precondition(image.path.utf8.starts(with: "images/".utf8))
    precondition(image.labels.allSatisfy(set.classNames.indices.contains))
  }
  return 0
}
