// ReportError - what can be wrong with a stored report.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes

/// Why a JSON value is no report; every case names the member, as in `classes[3].count`.
package enum ReportError: DiagnosticError, Equatable {
  /// A member that must be there is missing.
  case missing(member: String)
  /// A member has another type than the schema says.
  case wrongType(member: String, expected: String)
  /// A member has a value that the schema does not allow.
  case badValue(member: String, found: String, allowed: String)

  /// Code, what is wrong and where, and what to do.
  package var diagnostic: Diagnostic {
    switch self {
    case .missing(let member):
      Diagnostic(
        "report.missing-member", "the report has no \(printable(member))",
        hint: "compare the file with docs/schemas/report.schema.json")
    case .wrongType(let member, let expected):
      Diagnostic(
        "report.wrong-type", "\(printable(member)) is not \(expected)",
        hint: "compare the file with docs/schemas/report.schema.json")
    case .badValue(let member, let found, let allowed):
      Diagnostic(
        "report.bad-value", "\(printable(member)) is \(printable(found)), allowed: \(allowed)",
        hint: "compare the file with docs/schemas/report.schema.json")
    }
  }
}

/// A JSON object whose members are asked for by name and type.
struct Members {
  let object: JSON.Object
  let path: String

  init(_ json: JSON, _ path: String) throws(ReportError) {
    guard let object = json.object else {
      throw .wrongType(member: path.isEmpty ? "the document" : path, expected: "an object")
    }
    self.object = object
    self.path = path
  }

  private func name(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  private func optional<Value>(
    _ key: String, _ expected: String, _ convert: (JSON) -> Value?
  ) throws(ReportError) -> Value? {
    guard let json = object[key], !json.isNull else { return nil }
    guard let value = convert(json) else {
      throw .wrongType(member: name(key), expected: expected)
    }
    return value
  }

  private func require<Value>(_ value: Value?, _ key: String) throws(ReportError) -> Value {
    guard let value else { throw .missing(member: name(key)) }
    return value
  }

  func text(_ key: String) throws(ReportError) -> String? {
    try optional(key, "a string", \.string)
  }
  func number(_ key: String) throws(ReportError) -> Double? {
    try optional(key, "a number", \.double)
  }
  func integer(_ key: String) throws(ReportError) -> Int? {
    try optional(key, "a whole number", \.int)
  }
  func requiredText(_ key: String) throws(ReportError) -> String {
    try require(try text(key), key)
  }
  func requiredNumber(_ key: String) throws(ReportError) -> Double {
    try require(try number(key), key)
  }
  func requiredInteger(_ key: String) throws(ReportError) -> Int {
    try require(try integer(key), key)
  }

  func group() throws(ReportError) -> Report.Group {
    let found = try requiredText("group")
    guard let group = Report.Group(rawValue: found) else {
      throw .badValue(
        member: name("group"), found: found,
        allowed: Report.Group.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return group
  }

  func member<Value>(
    _ key: String, _ make: (Members) throws(ReportError) -> Value
  ) throws(ReportError) -> Value? {
    guard let json = object[key], !json.isNull else { return nil }
    return try make(try Members(json, name(key)))
  }

  /// The elements of an array member; a missing member is an empty array.
  func elements<Value>(
    _ key: String, _ make: (JSON, String) throws(ReportError) -> Value
  ) throws(ReportError) -> [Value] {
    let array = try optional(key, "an array", \.array) ?? []
    var values: [Value] = []
    for (index, json) in array.enumerated() {
      values.append(try make(json, name(key) + "[\(index)]"))
    }
    return values
  }

  func list<Value>(
    _ key: String, _ make: (Members) throws(ReportError) -> Value
  ) throws(ReportError) -> [Value] {
    try elements(key) { (json, path) throws(ReportError) in try make(try Members(json, path)) }
  }

  func texts(_ key: String) throws(ReportError) -> [String] {
    try elements(key) { (json, path) throws(ReportError) in
      guard let text = json.string else {
        throw ReportError.wrongType(member: path, expected: "a string")
      }
      return text
    }
  }

  /// The members of an object of whole numbers; a missing member has none.
  func integers(_ key: String) throws(ReportError) -> [String: Int] {
    try member(key) { (inner) throws(ReportError) in
      var values: [String: Int] = [:]
      for entry in inner.object.members {
        values[entry.key] = try inner.requiredInteger(entry.key)
      }
      return values
    } ?? [:]
  }

  /// Rows of numbers, as compact files have them: `[[0.1, 0.9], ...]`.
  func rows(_ key: String, of count: Int) throws(ReportError) -> [[Double]] {
    try elements(key) { (json, path) throws(ReportError) in
      let row = (json.array ?? []).compactMap(\.double)
      guard row.count == count, json.array?.count == count else {
        throw ReportError.wrongType(member: path, expected: "an array of \(count) numbers")
      }
      return row
    }
  }
}
