// FuzzTokenizer - fuzz target: any bytes have ids, and the two merge algorithms agree.
// SPDX-License-Identifier: Apache-2.0

import LMPTCLIP
import FuzzWork

/// One input of the fuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTokenizer(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let work = Work(count)
  defer { work.check() }
  guard let tokenizer = try? Tokenizer.clip() else { return 0 }
  let bytes = UnsafeBufferPointer(start: data, count: count)
  let ids = tokenizer.encode(utf8: bytes)
  precondition((try? tokenizer.decode(ids)) != nil, "an id outside the vocabulary")
  let text = String(decoding: bytes, as: UTF8.self)
  precondition(tokenizer.explain(text).ids == tokenizer.encode(text), "explained otherwise")
  return 0
}
