// AnnotationList - labels out of a list in the published format, `path label label ...`.
// SPDX-License-Identifier: Apache-2.0

extension AnnotationFormat {
  /// A list, which needs its classes from elsewhere.
  package static let list = AnnotationFormat("txt") { bytes, request in
    guard let classNames = request.classNames else { throw AnnotationError.listWithoutNames }
    var set = MultiLabelSet(classNames: classNames)
    set.images = try parseImageList(bytes, classes: classNames.count).map {
      ListedImage(path: request.prefix + $0.path, labels: $0.labels)
    }
    return set
  }
}
