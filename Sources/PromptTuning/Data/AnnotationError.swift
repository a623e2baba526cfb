// AnnotationError - what can be wrong with the annotations that a data set is made from.
// SPDX-License-Identifier: Apache-2.0

import Bytes

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
  /// A CSV table breaks RFC 4180 or lacks a column.
  case badCSV(line: Int, what: String)
  /// Labels between spaces or commas, which may be one name or several.
  case ambiguousLabels(line: Int, found: String, suggestion: String)
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
  /// A folder without annotations.
  case noAnnotations
  /// A listed file is no picture.
  case notPicture
  /// A file that would be written is there already.
  case listExists
  /// The recipe left a class without a training image.
  case classWithoutImages(String)

  /// Stable identifier.
  package var code: String {
    switch self {
    case .unknownKind: "annotations.unknown-kind"
    case .badXML: "annotations.bad-xml"
    case .badClassName: "annotations.bad-class-name"
    case .missingMember: "annotations.missing-member"
    case .listWithoutNames: "annotations.list-without-names"
    case .unknownID: "annotations.unknown-id"
    case .badCSV: "annotations.bad-csv"
    case .ambiguousLabels: "annotations.ambiguous-labels"
    case .unknownClass: "annotations.unknown-class"
    case .badPath: "annotations.bad-path"
    case .repeatedImage: "annotations.repeated-image"
    case .noCaption: "annotations.no-caption"
    case .tooMany: "annotations.too-many"
    case .noAnnotations: "annotations.none"
    case .notPicture: "annotations.not-a-picture"
    case .listExists: "annotations.list-exists"
    case .classWithoutImages: "annotations.class-without-images"
    }
  }

  /// What is wrong and where.
  package var message: String {
    switch self {
    case .unknownKind: "the annotations are of no kind that is read"
    case .badXML(let offset, let what): "the XML \(what) (offset \(offset))"
    case .badClassName(let name): "the label file cannot hold the class name \(printable(name))"
    case .missingMember(let name): "the JSON text has no \(name)"
    case .listWithoutNames: "a list has no class names"
    case .unknownID(let kind, let id): "no \(kind) has the id \(id)"
    case .badCSV(let line, let what): "\(what) (line \(line))"
    case .ambiguousLabels(let line, let found, _):
      "the labels \(printable(found)) may be one class or several (line \(line))"
    case .unknownClass(let name): "there is no class \(printable(name))"
    case .badPath(let path): "the list format cannot hold the path \(printable(path))"
    case .repeatedImage(let path): "the image \(printable(path)) comes twice"
    case .noCaption(let path): "there is no caption of \(printable(path))"
    case .tooMany(let limit): "there are more than \(limit) entries"
    case .noAnnotations: "there is no annotation in the folder"
    case .notPicture: "the file is neither JPEG, PNG nor PNM by its first bytes"
    case .listExists: "the file exists already, and a run may depend on it"
    case .classWithoutImages(let name): "no training image of \(printable(name)) was chosen"
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .unknownKind:
      "give a folder of VOC XML files, COCO's instances_*.json, a .csv table, or a list .txt"
    case .badXML: "annotations are those of PASCAL VOC; copy the file again"
    case .listWithoutNames: "give them with --classes"
    case .missingMember, .unknownID: "the file is one of COCO's annotations; download it again"
    case .badCSV:
      "the first line names the columns: path, then labels, or one column of 0 and 1 per class"
    case .ambiguousLabels(_, _, let suggestion): suggestion
    case .unknownClass: "use the classes of the training annotations, or leave --classes out"
    case .badClassName: "give every class a name of one line"
    case .badPath: "rename the image without quotation marks, tabs and line ends"
    case .repeatedImage: "list each image once, with all its labels"
    case .noCaption: "add its caption, or leave --captions out and tune without E6"
    case .tooMany: "split the file"
    case .noAnnotations: "give the folder with the .xml files, VOC's Annotations"
    case .notPicture: "unpack the archive again; the file is damaged"
    case .listExists: "take another --name, or remove the old lists"
    case .classWithoutImages: "take another --seed, a larger --largest, or leave the class out"
    }
  }
}
