// PictureInputs - pictures from their files to the input of an image tower.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import LMPTBytes
import LMPTImaging
import LMPTTensors
import Synchronization

/// Decoded and preprocessed pictures, and what could not be decoded.
package struct PictureInputs {
  /// Shape [N V, 3, S, S], the views of a picture next to each other; zeros where it is bad.
  package let pixels: Tensor
  /// What was wrong with each bad picture, by its place.
  let errors: [Int: any Error]

  /// Decodes pictures on all threads.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - views: for each picture, which of its views are wanted: false as it is, true mirrored;
  ///     the same number V for each.
  ///   - preprocessing: the recipe from pixels to input.
  ///   - size: S.
  ///   - orient: whether the EXIF orientation is obeyed.
  package init(
    _ paths: [String], views: [[Bool]], preprocessing: Preprocessing, size: Int, orient: Bool
  ) {
    self = PicturesAhead(
      paths, views: views, preprocessing: preprocessing, size: size, orient: orient
    ).inputs()
  }

  private let paths: [String]

  fileprivate init(pixels: Tensor, errors: [Int: any Error], of paths: [String]) {
    (self.pixels, self.errors, self.paths) = (pixels, errors, paths)
  }

  /// The first error that is the system's. Leaving such a picture out would lose it.
  var systemError: (any Error)? {
    errors.sorted { $0.key < $1.key }.map(\.value).first {
      ($0 as? FileError)?.isOfSystem == true
    }
  }

  /// The error of pictures none of which is there, nor anything else in the first one's folder: a share
  /// that is not mounted, whose pictures would all be left out. One picture alone says nothing of that.
  var goneError: (any Error)? {
    let missing = errors.values.count {
      ($0 as? FileError)?.cause as? FileAccessError == .missing
    }
    guard missing == paths.count, missing > 1, let first = paths.first else { return nil }
    let folder = first.folderPrefix
    let others = folderEntries(folder.isEmpty ? "." : folder).filter { $0 != "." && $0 != ".." }
    guard others.isEmpty else { return nil }
    return FileError(file: first, cause: PicturesGone(count: missing))
  }

  /// The error of the first bad picture.
  package var firstError: (any Error)? { errors.min { $0.key < $1.key }?.value }
}

/// Pictures that are not there, in a folder that is not there or empty.
struct PicturesGone: DiagnosticError, Equatable {
  /// How many in a row.
  let count: Int

  var diagnostic: Diagnostic {
    Diagnostic(
      "image.gone", "none of \(count) pictures in a row is there, nor anything else in this folder",
      hint: "is its disk or share mounted? if the folder is gone for good, take its lines out")
  }
}

extension FileError {
  /// Whether it is the system's and not the file's: a share that is gone, too many open files.
  package var isOfSystem: Bool {
    switch cause as? FileAccessError {
    case .system, .changed: true
    default: cause is PicturesGone
    }
  }
}

/// Pictures that one thread decodes ahead, while others compute with the ones before.
///
/// Whoever asks for them helps with what is left. So neither a slow tower nor slow pictures leave a
/// processor idle.
package final class PicturesAhead: @unchecked Sendable {
  // safety: each picture is drawn once, from `next`; whoever drew it alone writes its rows and its error,
  // and `inputs` reads them after all are done.
  private let paths: [String]
  private let views: [[Bool]]
  private let preprocessing: Preprocessing
  private let (size, orient): (Int, Bool)
  private let next = Atomic<Int>(0)
  private let background = DispatchGroup()
  private let pixels: UnsafeMutableBufferPointer<Float>
  private let errors: UnsafeMutableBufferPointer<(any Error)?>

  /// As for ``PictureInputs``; nothing is decoded yet.
  package init(
    _ paths: [String], views: [[Bool]], preprocessing: Preprocessing, size: Int, orient: Bool
  ) {
    (self.paths, self.views, self.preprocessing) = (paths, views, preprocessing)
    (self.size, self.orient) = (size, orient)
    pixels = .allocate(capacity: paths.count * (views.first?.count ?? 1) * 3 * size * size)
    pixels.initialize(repeating: 0)
    errors = .allocate(capacity: paths.count)
    errors.initialize(repeating: nil)
  }

  deinit {
    pixels.deallocate()
    errors.deinitialize()
    errors.deallocate()
  }

  /// Begins to decode in a thread of its own, beside what has the pool; with one thread for all, or
  /// where no thread is to be had, nothing is done ahead.
  package func begin() {
    guard Threads.count > 1 else { return }
    background.enter()
    let started = startDetachedThread {
      withoutPool { self.decodeRest() }
      self.background.leave()
    }
    if !started { background.leave() }
  }

  /// All of them, what is left decoded on all threads.
  package func inputs() -> PictureInputs {
    parallel(min(Threads.count, paths.count)) { _ in decodeRest() }
    background.wait()
    let rows = paths.count * (views.first?.count ?? 1)
    return PictureInputs(
      pixels: Tensor(shape: [rows, 3, size, size]) { out in
        if let base = pixels.baseAddress { out.update(from: base, count: pixels.count) }
      },
      errors: Dictionary(
        uniqueKeysWithValues: errors.indices.compactMap { i in errors[i].map { (i, $0) } }),
      of: paths)
  }

  private func decodeRest() {
    while true {
      let i = next.add(1, ordering: .relaxed).oldValue
      guard i < paths.count else { return }
      do { try decode(i) } catch { errors[i] = error }
    }
  }

  private func decode(_ i: Int) throws {
    let resized = try RGBImage(path: paths[i], orient: orient).resized(
      to: size, as: preprocessing)
    let floats = 3 * size * size
    for (view, mirrored) in views[i].enumerated() {
      preprocessing.input(resized, mirrored: mirrored).withUnsafeBufferPointer {
        guard let base = $0.baseAddress, let out = pixels.baseAddress else { return }
        (out + (i * views[i].count + view) * floats).update(from: base, count: floats)
      }
    }
  }
}
