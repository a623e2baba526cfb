// JSON - a JSON value, with members in the order of the text.
// SPDX-License-Identifier: Apache-2.0

/// A JSON value (RFC 8259).
///
/// Whole numbers that fit `Int` are kept exactly as `integer`; every other number is a `Double`.
/// `JSON.parse` reads one, `text(pretty:)` writes one. Literals build one:
/// `let report: JSON = ["map": .number(map), "ap": .array(ap.map(JSON.number))]`.
public enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction and exponent that fits `Int`.
  case integer(Int)
  /// Any other number. Not-a-number and infinities have no JSON form and are written as `null`.
  case number(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object.
  case object(Object)

  /// An object's members, in order, each key once.
  public struct Object: Sendable {
    /// One member.
    public struct Member: Sendable, Equatable {
      /// The member's name.
      public let key: String
      /// The member's value.
      public let value: JSON
    }

    /// The members in the order of the text.
    public private(set) var members: [Member]
    /// Positions by key, kept only where a linear search would be slow.
    private var positions: [String: Int]

    /// An object with these members; of equal keys the last value wins, at the first one's place.
    public init(_ pairs: [(key: String, value: JSON)] = []) {
      members = []
      positions = [:]
      members.reserveCapacity(pairs.count)
      if pairs.count > 16 { positions.reserveCapacity(pairs.count) }
      for pair in pairs {
        if !add(pair.key, pair.value) { self[pair.key] = pair.value }
      }
    }

    private func position(of key: String) -> Int? {
      members.count > 16 ? positions[key] : members.firstIndex { $0.key == key }
    }

    /// The value of a member; assigning `nil` removes it.
    public subscript(key: String) -> JSON? {
      get { position(of: key).map { members[$0].value } }
      set {
        if let index = position(of: key) {
          if let newValue {
            members[index] = Member(key: key, value: newValue)
          } else {
            members.remove(at: index)
            reindex()
          }
        } else if let newValue {
          add(key, newValue)
        }
      }
    }

    /// Adds a member unless its key is there; a key of a large object is hashed once.
    ///
    /// - Returns: whether it was added.
    @discardableResult
    mutating func add(_ key: String, _ value: JSON) -> Bool {
      if members.count < 16 {
        guard position(of: key) == nil else { return false }
      } else {
        if members.count == 16 { reindex() }
        if let first = positions.updateValue(members.count, forKey: key) {
          positions[key] = first
          return false
        }
      }
      members.append(Member(key: key, value: value))
      return true
    }

    private mutating func reindex() {
      positions.removeAll(keepingCapacity: true)
      for (index, member) in members.enumerated() { positions[member.key] = index }
    }
  }
}

extension JSON.Object: Equatable {
  /// Whether both have equal members in the same order.
  public static func == (a: Self, b: Self) -> Bool { a.members == b.members }
}

extension JSON {
  /// An object with these members.
  public static func object(_ pairs: [(key: String, value: JSON)]) -> JSON {
    .object(Object(pairs))
  }

  /// A member of an object; `nil` when this is no object or has no such member.
  public subscript(key: String) -> JSON? { object?[key] }

  /// An element of an array; `nil` when this is no array or too short.
  public subscript(index: Int) -> JSON? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// The members, if this is an object.
  public var object: Object? { if case .object(let value) = self { value } else { nil } }
  /// The elements, if this is an array.
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  /// The text, if this is a string.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The truth value, if this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// Whether this is `null`.
  public var isNull: Bool { self == .null }
  /// The whole number, if this is one (`2.0` is not: it was written as a fraction).
  public var int: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The number as a `Double`, if this is a number.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object, members in the order written.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Object(elements.map { (key: $0.0, value: $0.1) }))
  }
}
