// EscapingTests - text that cannot leave its place.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LMPTReports

@Suite struct EscapingTests {
  @Test func `no character leaves a quoted attribute`() {
    #expect("<a b='c' d=\"e\">&".escapedForHTML == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;")
  }
}
