// ShortenedFile - a file that another thread cuts short and writes again, over and over.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A file that is not left alone: a program that maps it is ended by SIGBUS.
public final class ShortenedFile: Sendable {
  /// Where it is.
  public let path: String
  private let isStopped = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts to rewrite a file that is there, whose contents are these.
  public init(_ path: String, content: [UInt8]) {
    self.path = path
    // A thread of its own: queues may have no worker left beside other tests.
    Thread.detachNewThread { [self] in
      while !isStopped.load(ordering: .relaxed) {
        truncate(path, off_t(content.count / 3))
        usleep(500)
        let file = open(path, O_WRONLY)
        _ = content.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
        usleep(2000)
      }
      ended.signal()
    }
  }

  /// Reads it, at least `count` times and until it was met short, which a loaded machine may take a while
  /// to do; then leaves the file alone.
  ///
  /// - Parameters:
  ///   - count: how often.
  ///   - read: whether the whole of it was read; false where an error named the file.
  /// - Returns: how often it was whole, and how often refused.
  public func read(
    atLeast count: Int, _ read: () throws -> Bool
  ) rethrows -> (whole: Int, refused: Int) {
    defer {
      isStopped.store(true, ordering: .relaxed)
      ended.wait()
    }
    var (whole, refused) = (0, 0)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(60)
    while whole + refused < count || refused == 0 && clock.now < end {
      if try read() { whole += 1 } else { refused += 1 }
    }
    return (whole, refused)
  }
}
