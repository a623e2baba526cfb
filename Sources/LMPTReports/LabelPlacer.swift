// LabelPlacer - puts names beside points where they cover nothing.
// SPDX-License-Identifier: Apache-2.0

/// Greedy placement: the first free place around a point wins; a name without a free place is left
/// out (the point's title and the table still carry it).
struct LabelPlacer {
  struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width
        && y < other.y + other.height && other.y < y + height
    }
  }

  /// The area that names must not leave.
  let bounds: Box
  private var taken: [Box] = []

  init(bounds: Box) { self.bounds = bounds }

  /// Keeps names off a mark.
  mutating func avoid(x: Double, y: Double, radius: Double) {
    taken.append(Box(x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius))
  }

  /// The base line position for a name beside (x, y), or nil.
  mutating func place(
    _ text: String, x: Double, y: Double, size: Double = 11, gap: Double = 7
  ) -> (x: Double, y: Double)? {
    let (width, height) = (SVGCanvas.textWidth(text, size: size), size)
    let corners = [
      (x + gap, y - height / 2), (x - gap - width, y - height / 2),
      (x - width / 2, y - gap - height), (x - width / 2, y + gap),
      (x + gap, y - gap - height / 2), (x + gap, y + gap - height / 2),
      (x - gap - width, y - gap - height / 2), (x - gap - width, y + gap - height / 2),
    ]
    for (left, top) in corners {
      let box = Box(x: left, y: top, width: width, height: height)
      let inside =
        left >= bounds.x && left + width <= bounds.x + bounds.width && top >= bounds.y
        && top + height <= bounds.y + bounds.height
      if inside, !taken.contains(where: box.overlaps) {
        taken.append(box)
        return (left, top + height * 0.85)
      }
    }
    return nil
  }
}
