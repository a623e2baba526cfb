// RunPageParts - curves, example decisions, the feature map and the context's words of a page.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import LMPTMetrics
import Foundation
import LMPTImaging
import LMPTTuning
import LMPTReports
import LMPTTensors

extension RunPage {
  /// Methods by name, with their scores on the test images.
  typealias Methods = [(name: String, evaluation: Evaluation)]

  /// Curves of every class, or of the rarest, the middle and the most frequent eight.
  func curves(_ methods: Methods) -> [Report.ClassCurves] {
    let order = dataset.counts.indices.sorted {
      (dataset.counts[$0], $0) < (dataset.counts[$1], $1)
    }
    let middle = order.count / 2
    let shown =
      order.count <= 24
      ? order : Array(order.prefix(8) + order[middle - 4..<middle + 4] + order.suffix(8))
    return shown.map { index in
      Report.ClassCurves(
        name: dataset.classNames[index], group: dataset.groups[index],
        curves: methods.map { name, evaluation in
          let (scores, labels) = (evaluation.scores, evaluation.labels)
          let points = precisionRecallCurve(
            scores: scores.slice(index..<index + 1, axis: 1).values.map(Double.init),
            positives: labels.slice(index..<index + 1, axis: 1).values.map { $0 > 0 })
          return Report.ClassCurves.Curve(
            method: name, ap: evaluation.map.perClass[index],
            points: points.map {
              Report.ClassCurves.Point(recall: $0.recall, precision: $0.precision)
            }
          ).thinned()
        })
    }
  }

  /// For each of the eight rarest classes the first test image that shows it, in the list's order.
  ///
  /// A rule without a look at the scores, so that the examples flatter no method. A picture that is
  /// no longer there is left out: features may come from the cache, and a run must not fail for it.
  func examples(_ methods: Methods) -> [Report.Example] {
    let rarest = dataset.counts.indices.sorted {
      (dataset.counts[$0], $0) < (dataset.counts[$1], $1)
    }.prefix(8)
    var shown: [Int] = []
    for index in rarest {
      let found = dataset.test.indices.first {
        !shown.contains($0) && dataset.test[$0].labels.contains(index)
      }
      if let found { shown.append(found) }
    }
    return shown.compactMap { row in
      let image = dataset.test[row]
      let path = "\(dataset.root)/\(image.path)"
      guard let picture = try? pictureForPage(path: path, orient: source.orient) else { return nil }
      return Report.Example(
        image: picture, name: image.path,
        labels: image.labels.map { dataset.classNames[$0] },
        decisions: methods.map { name, evaluation in
          decision(name, evaluation, row: row)
        })
    }
  }

  /// The five best classes of a test image; logits are shown as softmax, which fits a bar.
  private func decision(
    _ name: String, _ evaluation: Evaluation, row: Int
  ) -> Report.Example.Decision {
    let row = evaluation.scores.slice(row..<row + 1)  // [1, C]
    let scores = (evaluation.kind == .logit ? softmax(row) : row).values
    let best = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(5)
    return Report.Example.Decision(
      method: name,
      scores: best.map { Report.Example.Score(dataset.classNames[$0], Double(scores[$0])) })
  }

  /// Test images and class embeddings on the images' two principal components.
  ///
  /// CLIP's images and texts lie in two separate cones, the texts' much narrower. Each is centred on
  /// its own mean, and classes are drawn farther out by one factor for both states, or the distance
  /// of the cones would be all that one sees.
  func map(tuned: Tensor, name: String) -> Report.FeatureMap {
    let step = max(1, dataset.test.count / 400)
    let rows = Array(stride(from: 0, to: dataset.test.count, by: step).prefix(400))
    let images = normalize(features.testImages.features)  // [N, E]
    let components = PrincipalComponents(images)
    let places = components.project(images.gather(rows)).values
    let points = rows.enumerated().map { index, row in
      let labels = dataset.test[row].labels
      let rarest = labels.min { dataset.counts[$0] < dataset.counts[$1] }
      return Report.FeatureMap.Image(
        x: Double(places[2 * index]), y: Double(places[2 * index + 1]),
        group: rarest.map { dataset.groups[$0] } ?? .tail)
    }
    let states = [("Before tuning", zeroShotTexts), ("After tuning: \(name)", tuned)].map { state in
      let texts = normalize(state.1)  // [C, E]
      return (
        name: state.0, places: components.project(texts, centre: mean(texts, axis: 0)).values
      )
    }
    func reach(_ values: [Float]) -> Float { values.map(abs).max() ?? 0 }
    let widest = states.map { reach($0.places) }.max() ?? 0
    let factor = widest > 0 ? max(1, reach(places) / widest) : 1
    let panels = states.map { state in
      Report.FeatureMap.Panel(
        name: state.name, images: points,
        classes: dataset.classNames.enumerated().map { index, name in
          Report.FeatureMap.Class(
            name: name, x: Double(factor * state.places[2 * index]),
            y: Double(factor * state.places[2 * index + 1]), group: dataset.groups[index])
        })
    }
    let share = fixed(components.shares.reduce(0, +) * 100, 0)
    return Report.FeatureMap(
      method: "The plane is spanned by the two principal components of the test images' features, "
        + "which hold \(share)% of their variance. Images and class embeddings are each centred on "
        + "their own mean, and class embeddings are drawn \(fixed(Double(factor), 1)) times as far "
        + "out, the same in both panels.",
      panels: panels)
  }

  /// The vocabulary's words nearest to a learned context.
  func words(_ context: Tensor) throws -> [Report.ContextWords] {
    let length = context.shape.dropLast().last ?? 0
    guard length > 0 else { return [] }
    let words = try nearestWords(
      to: context, tokenEmbedding: source.model.text.tokenEmbedding, tokenizer: Tokenizer.clip())
    let owners = context.rank == 2 ? ["all classes"] : dataset.classNames
    return owners.enumerated().map { index, owner in
      Report.ContextWords(
        owner: owner,
        words: words[index * length..<(index + 1) * length].map {
          Report.ContextWords.Word($0.text, distance: $0.distance)
        })
    }
  }
}

/// The bytes of a picture for a page: the file's own where a browser shows it and it is small, else
/// the picture again as a JPEG, at most 400 pixels wide and high: twice what a page shows.
///
/// A page shows pictures as the model sees them: it does not turn them, so one that was turned for the
/// model is written again.
func pictureForPage(path: String, orient: Bool, largest: Int = 30_000) throws -> [UInt8] {
  if let data = FileManager.default.contents(atPath: path), data.count <= largest,
    data.starts(with: [0xFF, 0xD8, 0xFF]) || data.starts(with: [0x89, 0x50, 0x4E, 0x47]),
    !orient || data.withUnsafeBytes({ ExifOrientation($0) }) == .upright
  {
    return Array(data)
  }
  let picture = try RGBImage(path: path, orient: orient)
  let scale = min(1, 400 / Double(max(picture.width, picture.height)))
  let small = picture.resized(
    width: max(1, Int(Double(picture.width) * scale)),
    height: max(1, Int(Double(picture.height) * scale)), .bilinear)
  return encodeJPEG(small, quality: 80)
}
