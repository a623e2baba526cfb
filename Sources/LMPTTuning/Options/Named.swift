// Named - values that a list holds and files and command lines call by name.
// SPDX-License-Identifier: Apache-2.0

/// A value with a name, one of a list: a method, a loss, a reading of the equations.
public protocol Named: Sendable, Hashable, CustomStringConvertible {
  /// What files and command lines call it.
  var name: String { get }
  /// Every value that has a name.
  static var all: [Self] { get }
}

extension Named {
  /// The value of that name, if there is one.
  package static func named(_ name: String) -> Self? { all.first { $0.name == name } }

  /// The name alone tells two values apart.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The name.
  public var description: String { name }
}
