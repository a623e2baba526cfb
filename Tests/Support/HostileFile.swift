// HostileFile - the files of Fixtures/hostile, each with the code that it must end with.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Testing

/// A file that must be refused, or an oddity that is valid.
package struct HostileFile: Sendable, CustomTestStringConvertible {
  /// The folder under `Fixtures/hostile`.
  package let kind: String
  /// The file's name in it.
  package let name: String
  /// The code of the error; nil for what is valid.
  package let code: String?
  package var testDescription: String { "\(kind)/\(name)" }
  /// Where it is.
  package var path: String { Fixtures.path("hostile/\(kind)/\(name)") }

  /// All files that the manifests under `Fixtures/hostile` list.
  package static let all: [HostileFile] = {
    let kinds = (try? Fixtures.files(in: "hostile")) ?? []
    return kinds.flatMap { kind -> [HostileFile] in
      let manifest = try? JSON.parse(Fixtures.bytes("hostile/\(kind)/manifest.json"))
      return (manifest?["entries"]?.array ?? []).map {
        HostileFile(kind: kind, name: $0["path"]?.string ?? "", code: $0["error"]?.string)
      }
    }
  }()

  /// Those of one kind.
  package static func of(_ kind: String) -> [HostileFile] { all.filter { $0.kind == kind } }

  /// Those that are read as weights: every kind that no other reader is given.
  package static let weights: [HostileFile] = {
    let others: Set = [
      "texts", "streams", "lists", "captions", "labels", "descriptions", "tensors", "arrays",
    ]
    return all.filter { !others.contains($0.kind) }
  }()

  /// Expects that reading it ends with its code, in a moment, on one line that says what to do.
  package func expectCode(
    sourceLocation: SourceLocation = #_sourceLocation, _ read: (_ path: String) throws -> Void
  ) {
    var found: String?
    let clock = ContinuousClock()
    let start = clock.now
    do {
      try read(path)
    } catch let error as any DiagnosticError {
      found = error.code
      #expect(!error.message.isEmpty && !error.hint.isEmpty, sourceLocation: sourceLocation)
      #expect(
        !error.description.contains("\n"), "\(error.description)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(error) is no diagnostic", sourceLocation: sourceLocation)
    }
    #expect(found == code, sourceLocation: sourceLocation)
    #expect(clock.now - start < .seconds(10), sourceLocation: sourceLocation)
  }

  /// The same for what reads bytes.
  package func expectCode(
    sourceLocation: SourceLocation = #_sourceLocation,
    bytes read: (UnsafeRawBufferPointer) throws -> Void
  ) {
    expectCode(sourceLocation: sourceLocation) { path in
      try FileBytes(path: path).withBytes(read)
    }
  }
}
