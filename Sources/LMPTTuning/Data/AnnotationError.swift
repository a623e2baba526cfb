// AnnotationError - what can be wrong with the annotations that a data set is made from.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// What can be wrong with VOC's XML, COCO's JSON or a CSV table of labels or captions.
package enum AnnotationError: DiagnosticError, Equatable {
  /// The file is none of the kinds that are read.
  case unknownKind
  /// The XML text breaks a rule of XML, or uses what annotations never do.
  case badXML(offset: Int, what: String)
  /// A class name that the label file cannot hold.
  case badClassName(String)
  /// A member of COCO's JSON is missing or of another kind.
  case missingMember(String)
  /// A list, which has numbers for classes, without their names.
  case listWithoutNames
  /// An annotation names an image or a category that the file does not list.
  case unknownID(kind: String, id: Int)
  /// A CSV table breaks RFC 4180 or lacks a column; `hint` stands in the place of the usual one.
  case badCSV(line: Int, what: String, hint: String? = nil)
  /// Labels between spaces or commas, which may be one name or several.
  case ambiguousLabels(line: Int, found: String, suggestion: String)
  /// A name or a path is longer than any is.
  case tooLong(bytes: Int, limit: Int)
  /// A class name that the data set does not have.
  case unknownClass(String)
  /// A file name that the list format cannot hold.
  case badPath(String)
  /// Two entries for one image.
  case repeatedImage(String)
  /// A training image has no caption.
  case noCaption(path: String)
  /// More rows or elements than allowed.
  case tooMany(limit: Int)
  /// The split left no image for one of the two lists.
  case noneLeft(for: String, images: Int)
  /// A folder without annotations.
  case noAnnotations
  /// A listed file is too short to be a picture.
  case notPicture
  /// A file that would be written is there already.
  case listExists
  /// The recipe left a class without a training image.
  case classWithoutImages(String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .unknownKind:
      Diagnostic(
        "annotations.unknown-kind", "the annotations are of no kind that is read",
        hint:
          "give a folder of VOC XML files, COCO's instances_*.json, a .csv table, or a list .txt")
    case .badXML(let offset, let what):
      Diagnostic(
        "annotations.bad-xml", "the XML \(what) (offset \(offset))",
        hint: "annotations are those of PASCAL VOC; copy the file again")
    case .badClassName(let name):
      Diagnostic(
        "annotations.bad-class-name",
        "the label file cannot hold the class name \(printable(name))",
        hint: "give every class a name of one line")
    case .missingMember(let name):
      Diagnostic(
        "annotations.missing-member", "the JSON text has no \(name)",
        hint: "the file is one of COCO's annotations; download it again")
    case .listWithoutNames:
      Diagnostic(
        "annotations.list-without-names", "a list has no class names",
        hint: "give the class names")
    case .unknownID(let kind, let id):
      Diagnostic(
        "annotations.unknown-id", "no \(kind) has the id \(id)",
        hint: "the file is one of COCO's annotations; download it again")
    case .badCSV(let line, let what, let hint):
      Diagnostic(
        "annotations.bad-csv", "\(what) (line \(line))",
        hint: hint
          ?? "the first line names the columns: path, then labels, or one column of 0 and 1 per class"
      )
    case .ambiguousLabels(let line, let found, let suggestion):
      Diagnostic(
        "annotations.ambiguous-labels",
        "the labels \(printable(found)) may be one class or several (line \(line))",
        hint: suggestion)
    case .tooLong(let bytes, let limit):
      Diagnostic(
        "annotations.name-too-long", "a name has \(bytes) bytes, the limit is \(limit)",
        hint: "names and paths are shorter; the file is damaged, or no file of annotations")
    case .unknownClass(let name):
      Diagnostic(
        "annotations.unknown-class", "there is no class \(printable(name))",
        hint: "use the classes of the training annotations, or give no class names")
    case .badPath(let path):
      Diagnostic(
        "annotations.bad-path", "the list format cannot hold the path \(printable(path))",
        hint: "rename the image without quotation marks, tabs and line ends")
    case .repeatedImage(let path):
      Diagnostic(
        "annotations.repeated-image", "the image \(printable(path)) comes twice",
        hint: "list each image once, with all its labels")
    case .noCaption(let path):
      Diagnostic(
        "annotations.no-caption", "there is no caption of \(printable(path))",
        hint: "write its caption, or leave captions out and tune without E6")
    case .tooMany(let limit):
      Diagnostic(
        "annotations.too-many", "there are more than \(limit) entries", hint: "split the file")
    case .noneLeft(let purpose, let images):
      Diagnostic(
        "annotations.none-left",
        "no image is left for \(purpose), of \(images == 1 ? "1 image" : "\(images) images")",
        hint: "each class needs two images with a label, one to train on and one for the test")
    case .noAnnotations:
      Diagnostic(
        "annotations.none", "there is no annotation in the folder",
        hint: "give the folder with the .xml files, VOC's Annotations")
    case .notPicture:
      Diagnostic(
        "annotations.not-a-picture", "the file breaks off within its first bytes",
        hint: "the file is damaged; copy or download it again")
    case .listExists:
      Diagnostic(
        "annotations.list-exists", "the file exists already, and a run may depend on it",
        hint: "take another name, or remove the old lists")
    case .classWithoutImages(let name):
      Diagnostic(
        "annotations.class-without-images", "no training image of \(printable(name)) was chosen",
        hint: "take another seed, a larger largest class, or leave the class out")
    }
  }
}
