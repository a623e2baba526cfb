// OwnThread - long work beside the few threads that tasks share.
// SPDX-License-Identifier: Apache-2.0

/// Runs `body` on a thread of its own and waits for it without blocking one of the threads that
/// Swift's tasks share: they are as many as there are cores, and must not stand still for long.
///
/// - Parameter body: the work; inside it `parallel` uses the pool as anywhere.
/// - Returns: what it returns.
/// - Throws: what it throws.
package func onOwnThread<Result: Sendable>(
  _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let work: @Sendable () -> Void = { continuation.resume(with: Swift.Result(catching: body)) }
    // A system without a thread to give has no better place for it than this one.
    if !startDetachedThread(work) { work() }
  }
}
