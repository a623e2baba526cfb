// FeatureMap - where image features and class embeddings lie in a plane.
// SPDX-License-Identifier: Apache-2.0

extension Report {
  /// Image features and class embeddings on two principal components, before and after tuning.
  package struct FeatureMap: Sendable, Equatable {
    /// An image.
    package struct Image: Sendable, Equatable {
      /// First component.
      package var x: Double
      /// Second component.
      package var y: Double
      /// Group of the rarest class that it shows.
      package var group: Group

      /// An image's place.
      package init(x: Double, y: Double, group: Group) {
        self.x = x
        self.y = y
        self.group = group
      }
    }

    /// A class.
    package struct Class: Sendable, Equatable {
      /// Its name.
      package var name: String
      /// First component.
      package var x: Double
      /// Second component.
      package var y: Double
      /// Its group.
      package var group: Group

      /// A class's place.
      package init(name: String, x: Double, y: Double, group: Group) {
        self.name = name
        self.x = x
        self.y = y
        self.group = group
      }
    }

    /// One state, for instance "before tuning".
    package struct Panel: Sendable, Equatable {
      /// The state.
      package var name: String
      /// Images; some hundreds are plenty.
      package var images: [Image]
      /// Classes.
      package var classes: [Class]

      /// A panel.
      package init(name: String, images: [Image], classes: [Class]) {
        self.name = name
        self.images = images
        self.classes = classes
      }
    }

    /// How the plane was made: components, what was centred, which share of the variance they hold.
    package var method: String?
    /// The states side by side.
    package var panels: [Panel]

    /// A map.
    package init(method: String? = nil, panels: [Panel]) {
      self.method = method
      self.panels = panels
    }

    /// A rectangle in the plane.
    package struct Bounds: Sendable, Equatable {
      var middleX: Double
      var middleY: Double
      var width: Double
      var height: Double
    }

    /// The smallest rectangle that holds every point of every panel.
    package var bounds: Bounds {
      let points = panels.flatMap { panel in
        panel.images.map { ($0.x, $0.y) } + panel.classes.map { ($0.x, $0.y) }
      }.filter { $0.0.isFinite && $0.1.isFinite }
      let (xs, ys) = (points.map(\.0), points.map(\.1))
      let (left, right) = (xs.min() ?? 0, xs.max() ?? 1)
      let (bottom, top) = (ys.min() ?? 0, ys.max() ?? 1)
      return Bounds(
        middleX: (left + right) / 2, middleY: (bottom + top) / 2,
        width: max(right - left, 1e-9), height: max(top - bottom, 1e-9))
    }
  }
}
