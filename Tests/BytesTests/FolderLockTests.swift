// FolderLockTests - one holder at a time, and none left behind by a process that died.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import Foundation
import Synchronization
import Testing

@Suite("FolderLock")
struct FolderLockTests {
  private func folder() throws -> String {
    let path = NSTemporaryDirectory() + "lmpt-lock-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  @Test("the second holder is told the folder and the process, and gets it after the first")
  func second() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try FolderLock(path)
    let held = LockError.held(folder: path, process: Int(getpid()))
    for attempt in [{ _ = try FolderLock(path) }, { try FolderLock.check(path) }] {
      #expect {
        try attempt()
      } throws: { error in
        let error = error as? FileError
        return error?.file == path && error?.cause as? LockError == held
      }
    }
    first.release()
    try FolderLock.check(path)
    let second = try FolderLock(path)
    second.release()
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  @Test("sharers do not exclude each other, but an exclusive holder")
  func shared() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (one, two) = (try FolderLock(path, .shared), try FolderLock(path, .shared))
    #expect(throws: FileError.self) { try FolderLock(path) }
    one.release()
    #expect(throws: FileError.self) { try FolderLock(path) }
    two.release()
    let alone = try FolderLock(path)
    #expect(throws: FileError.self) { try FolderLock(path, .shared) }
    alone.release()
  }

  @Test("a lock file that a dead process left is no lock")
  func leftBehind() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("1\n".utf8).write(to: URL(fileURLWithPath: "\(path)/.lock"))
    try FolderLock.check(path)
    let lock = try FolderLock(path)
    let text = try String(contentsOfFile: "\(path)/.lock", encoding: .utf8)
    #expect(text == "\(getpid())\n")
    lock.release()
  }

  @Test("hundreds of threads: never two holders at once")
  func contention() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let marker = "\(path)/inside"
    nonisolated(unsafe) var entered = 0
    DispatchQueue.concurrentPerform(iterations: 400) { _ in
      guard let lock = try? FolderLock(path) else { return }
      // An exclusive creation fails if somebody else is inside.
      let descriptor = open(marker, O_CREAT | O_EXCL | O_WRONLY, 0o600)
      #expect(descriptor >= 0)
      entered += 1  // safety: the lock under test is what orders this
      close(descriptor)
      unlink(marker)
      lock.release()
    }
    #expect(entered > 0)
  }

  @Test("threads in turn for half a second: a lock on a file that is gone is none")
  func turns() throws {
    let path = try folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let marker = "\(path)/inside"
    let end = Date().addingTimeInterval(0.5)
    let done = DispatchSemaphore(value: 0)
    let twice = Mutex(0)
    for _ in 0..<6 {
      Thread.detachNewThread {
        while Date() < end {
          guard let lock = try? FolderLock(path) else { continue }
          let descriptor = open(marker, O_CREAT | O_EXCL | O_WRONLY, 0o600)
          if descriptor < 0 { twice.withLock { $0 += 1 } }
          close(descriptor)
          unlink(marker)
          lock.release()
        }
        done.signal()
      }
    }
    for _ in 0..<6 { done.wait() }
    #expect(twice.withLock { $0 } == 0)
  }
}
