// CollectionRecord - what the rows of a collection depend on, kept beside them.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTWeights

/// Everything that decides the rows, and which part of a collection they are.
///
/// It stands in `OUT.json` beside a finished result and in the working folder of an unfinished one. Parts
/// are joined, and a job goes on, only where all of it agrees.
package struct CollectionRecord: Sendable, Equatable {
  /// Everything by name, in the order of the file, but for the part.
  package let facts: [(name: String, value: String)]
  /// Which part of the collection this is.
  package let shard: Shard
  /// How many entries the whole collection has.
  package let total: Int
  /// E, the length of a row; of predictions how many classes each has.
  package let width: Int
  /// How numbers are stored; nil for predictions, which are lines.
  package let dtype: DType?

  /// A record.
  package init(
    facts: [(name: String, value: String)], shard: Shard, total: Int, width: Int, dtype: DType?
  ) {
    (self.facts, self.shard, self.total) = (facts, shard, total)
    (self.width, self.dtype) = (width, dtype)
  }

  /// How rows are stored, in a word.
  var form: String { dtype?.rawValue ?? Self.lines }
  private static let lines = "lines"

  /// Bytes of a row; none of lines, each of which has its own.
  var rowBytes: Int { dtype.map { width * $0.byteCount } ?? 0 }

  /// A fact by its name.
  package func fact(_ name: String) -> String? { facts.first { $0.name == name }?.value }

  /// How many entries this part has.
  package var entries: Int { shard.range(of: total).count }

  /// The same for another part.
  package func of(_ shard: Shard) -> CollectionRecord {
    CollectionRecord(facts: facts, shard: shard, total: total, width: width, dtype: dtype)
  }

  package static func == (a: CollectionRecord, b: CollectionRecord) -> Bool {
    a.difference(from: b) == nil && a.shard == b.shard
  }

  /// The first fact that differs, the part left out.
  package func difference(
    from other: CollectionRecord
  ) -> (name: String, here: String, there: String)? {
    let (mine, others) = (all, other.all)
    for (name, value) in mine {
      let there = others.first { $0.name == name }?.value ?? "not there"
      if there != value { return (name, value, there) }
    }
    return others.first { fact in !mine.contains { $0.name == fact.name } }
      .map { ($0.name, "not there", $0.value) }
  }

  private var all: [(name: String, value: String)] {
    facts + [("entries", "\(total)"), ("width", "\(width)"), ("dtype", form)]
  }

  /// As it is stored.
  package var json: JSON {
    .object([
      ("schema", 1), ("facts", .object(facts.map { ($0.name, .string($0.value)) })),
      ("entries", .integer(total)), ("width", .integer(width)), ("dtype", .string(form)),
      ("shard", .integer(shard.index + 1)), ("shards", .integer(shard.count)),
    ])
  }

  /// Reads what `json` wrote; nil for anything else.
  package init?(_ json: JSON) {
    guard json["schema"]?.int == 1, let facts = json["facts"]?.object?.members,
      let total = json["entries"]?.int, let width = json["width"]?.int,
      (1...1 << 20).contains(width), (0...1 << 40).contains(total),
      let form = json["dtype"]?.string, form == Self.lines || DType(rawValue: form) != nil,
      let index = json["shard"]?.int,
      let count = json["shards"]?.int, count >= 1, (1...count).contains(index)
    else { return nil }
    self.init(
      facts: facts.map { ($0.key, $0.value.string ?? "") },
      shard: Shard(index: index - 1, count: count), total: total, width: width,
      dtype: DType(rawValue: form))
  }
}
