// PlacePooling - class evidence from the places of an image or the tokens of a caption.
// SPDX-License-Identifier: Apache-2.0

import LMPTTensors

/// Cosines of every place with every class prompt.
///
///     c_bpi = <x_bp, g_i>,   both normalised
///
/// - Parameters:
///   - places: x, projected local features, shape [B, P, E].
///   - texts: g, features of the class prompts, shape [C, E].
/// - Returns: c, shape [B, P, C].
/// - Throws: `ShapeError` when E disagrees.
func placeCosines(_ places: Tensor, _ texts: Tensor) throws -> Tensor {
  guard places.rank == 3, places.shape[2] == texts.shape[1] else {
    throw ShapeError(name: "places", expected: [0, 0, texts.shape[1]], found: places.shape)
  }
  let (batch, count, width) = (places.shape[0], places.shape[1], places.shape[2])
  let x = normalize(places.reshaped([batch * count, width]))  // [B P, E]
  return matmul(x, normalize(texts), .none, .transposed)
    .reshaped([batch, count, texts.shape[0]])
}

/// The mean of values over the places, weighted by how well each place matches the class.
///
///     v_bi = sum_p w_bpi v_bpi,   w = softmax over p of sharpness c_bpi
///
/// - Parameters:
///   - values: v, shape [B, P, C].
///   - cosines: c, shape [B, P, C].
///   - sharpness: how much better matches count more.
///   - present: 1 for places that exist, 0 for padding, shape [B, P, 1]; all exist when absent.
/// - Returns: shape [B, C].
func pooled(
  _ values: Tensor, by cosines: Tensor, sharpness: Float, present: Tensor? = nil
) -> Tensor {
  // Relative to the best place, so that nothing underflows where no place matches well.
  let raw = exp((cosines - best(cosines)) * sharpness)  // [B, P, C]
  let w = present.map { raw * $0 } ?? raw
  return sum(w * values, axis: 1) / sum(w, axis: 1)
}

/// The greatest value over the places as a constant, shape [B, 1, C].
private func best(_ values: Tensor) -> Tensor {
  let (batch, places, classes) = (values.shape[0], values.shape[1], values.shape[2])
  return values.withUnsafeBufferPointer { v in
    Tensor(
      (0..<batch * classes).map { cell in
        let start = cell / classes * places * classes + cell % classes
        return (0..<places).map { v[start + $0 * classes] }.max() ?? 0
      }, shape: [batch, 1, classes])
  }
}
