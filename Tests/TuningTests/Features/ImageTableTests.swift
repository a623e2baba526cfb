// ImageTableTests - rows of places and pixels beyond one block, mirrored or not, with gaps.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTImaging
import LMPTSupport
import Synchronization
import LMPTTensors
import Testing

@testable import LMPTTuning

@Suite("image tables")
struct ImageTableTests {
  @Test("places of 150 pictures in blocks of 64, some left out, plain and mirrored")
  func places() {
    // The value of a place tells picture, view and place: 1000 picture + 100 view + place.
    func value(_ picture: Int, _ view: Int, _ place: Int) -> Float {
      Float(1000 * picture + 100 * view + place)
    }
    let blocks = [0..<64, 64..<128, 128..<150].map { range in
      let values = range.flatMap { picture in
        [0, 1].flatMap { view in
          (0..<3).flatMap { place in [value(picture, view, place), -value(picture, view, place)] }
        }
      }
      return Tensor(values, shape: [range.count * 2, 3, 2])
    }
    let kept = (0..<150).filter { ![0, 63, 64, 100].contains($0) }
    let table = PlaceTable(blocks: blocks, views: 2, kept: kept)
    // Rows 0, 61, 62, 145 are pictures 1, 62, 65, 149; 146 more are the same mirrored.
    let rows = [145, 0, 61, 62, 146, 146 + 62, 146 + 145]
    let expected = [(149, 0), (1, 0), (62, 0), (65, 0), (1, 1), (65, 1), (149, 1)]
    let found = table.gather(rows)
    #expect(found.shape == [7, 3, 2])
    #expect(
      found.values
        == expected.flatMap { picture, view in
          (0..<3).flatMap { [value(picture, view, $0), -value(picture, view, $0)] }
        })
  }

  @Test("logits are in the order of the rows, also where they are computed in groups of 64")
  func groups() throws {
    let count = 150
    var table = ImageTable(
      features: Tensor((0..<2 * count).map(Float.init), shape: [2 * count, 1]), count: count)
    let rows = (0..<140).map { ($0 * 37) % (2 * count) }
    for grouped in [false, true] {
      if grouped { table.places = { Tensor($0.map { Float(-$0) }, shape: [$0.count, 1, 1]) } }
      let sizes = Mutex<[Int]>([])
      let logits = try table.logits(rows) { batch in
        sizes.withLock { $0.append(batch.features.shape[0]) }
        if let places = batch.places {
          #expect(places.values == batch.features.values.map { -$0 })
        }
        return batch.features
      }
      #expect(logits.values == rows.map(Float.init))
      #expect(sizes.withLock { $0 } == (grouped ? [64, 64, 12] : [140]))
    }
    #expect(try table.logits { $0.features }.values == (0..<count).map(Float.init))
    #expect(try table.logits([]) { $0.features }.shape == [0, 1])
  }

  @Test("pixels of a row beyond the pictures are the picture's, every line backwards")
  func pixels() throws {
    let whole = try LongTailDataset(try DatasetSpec.named("mini"), root: Fixtures.path("mini"))
    let paths = whole.train.prefix(3).map { "\(whole.root)/\($0.path)" }
    let table = PixelTable(paths: paths, preprocessing: .clip, size: 16, orient: false)
    let found = try table.gather([2, 5, 0, 3])
    #expect(found.shape == [4, 3, 16, 16])
    for (row, path) in [(0, 2), (2, 0)] {
      let picture = try RGBImage(path: paths[path])
      let plain = Preprocessing.clip.input(picture.resized(to: 16, as: .clip))
      let lines = stride(from: 0, to: plain.count, by: 16).map { Array(plain[$0..<$0 + 16]) }
      #expect(found.slice(row..<row + 1).values == plain)
      #expect(found.slice(row + 1..<row + 2).values == lines.flatMap { $0.reversed() })
    }
  }

  @Test("each method looks at what it needs")
  func views() {
    #expect(Method.all.filter { $0.sees == .pixels } == [.finetune])
    #expect(Method.dualcoop.sees == .places(.added))
    #expect(Method.taiDPT.sees == .places(.omitted))
    #expect(Method.all.filter { $0.sees != .features }.count == 5)
  }
}
