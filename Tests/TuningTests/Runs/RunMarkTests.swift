// RunMarkTests - which files a mark may name.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTTuning
import LMPTSupport
import Testing

@Suite struct RunMarkTests {
  @Test("a mark names plain files of its folder, and none of another")
  func names() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("metrics.json", "{}")
    try RunMark.write(["metrics.json"], in: folder.path)
    guard case .sealed = try RunMark.state(of: folder.path) else {
      Issue.record("not sealed")
      return
    }
    // SHA-256 of "{}".
    let sum = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    for (name, code) in [
      ("metrics.json", nil), ("./metrics.json", "run.changed"), ("../metrics.json", "run.changed"),
      ("\(folder.path)/metrics.json", "run.changed"), ("/metrics.json", "run.changed"),
    ] {
      _ = try folder.write("finished.json", #"{"schema":1,"files":{"\#(name)":"\#(sum)"}}"#)
      #expect(errorCode { _ = try RunMark.state(of: folder.path) } == code, "\(name)")
    }
  }
}
