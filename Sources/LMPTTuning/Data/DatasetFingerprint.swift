// DatasetFingerprint - one hash over everything that a data set's lists say.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

extension LongTailDataset {
  /// SHA-256 over classes, training list with captions, and test list, in their order.
  ///
  /// Resuming compares it, so that a list which was edited in between is noticed.
  package var fingerprint: String {
    var hash = SHA256()
    // Lengths go before texts, so that no two data sets give the same bytes.
    func add(_ text: String) { hash.update("\(text.utf8.count):\(text)") }
    for name in classNames { add(name) }
    for (index, image) in (train + test).enumerated() {
      add(image.path)
      add(image.labels.map(String.init).joined(separator: " "))
      if let captions, index < captions.count { add(captions[index]) }
    }
    return hash.hexDigest()
  }
}
