// MethodStyleTests - one colour for a method, on a page and on every page.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTSupport
import Testing

@testable import LMPTReports

@Suite struct MethodStyleTests {
  private func page(_ methods: [String], _ palette: [String: Int] = [:]) -> Report {
    var report = Report(title: "")
    (report.methods, report.palette) = (methods, palette)
    return report
  }

  @Test func `zero-shot is what others are compared with, whatever else is on the page`() {
    for methods in [
      ["zero-shot CLIP"], ["LMPT", "zero-shot"], ["a", "b", "zero-shot CLIP"],
      ["zero-shot CLIP (2)", "zero-shot CLIP, logit-adjusted (run)"],
    ] {
      let styles = MethodStyles(page(methods))
      let found = methods.filter { styles[$0] == .reference }
      #expect(found == methods.filter { $0.hasPrefix("zero-shot") && !$0.contains("adjusted") })
    }
    #expect(MethodStyle.reference.fill == "f-ref")
  }

  @Test func `a place that was asked for is kept beside any others, and no two share one`() {
    let alone = MethodStyles(page(["zero-shot CLIP", "full"], ["full": 0]))
    let among = MethodStyles(
      page(["zero-shot CLIP", "x", "none", "y", "full"], ["full": 0, "none": 1]))
    #expect(alone["full"] == among["full"] && alone["full"].fill == "f-s0")
    #expect(among["none"].fill == "f-s1")
    #expect(among["x"].fill == "f-s2" && among["y"].fill == "f-s3")
    // The first of two that ask for one place gets it.
    let both = MethodStyles(page(["a", "b"], ["a": 0, "b": 0]))
    #expect(both["a"].fill == "f-s0" && both["b"].fill == "f-s1")
  }

  @Test func `a run that is called after its method has its colour`() {
    let styles = MethodStyles(page(["LMPT", "LMPT (2)"]))
    #expect(styles["LMPT, seed 0"] == styles["LMPT"])
    #expect(styles["LMPT (2), seed 0"] == styles["LMPT (2)"])
  }

  @Test func `methods beyond the colours differ in dash or mark`() {
    let styles = (0..<12).map { MethodStyle(slot: $0) }
    #expect(Set(styles.map(\.line)).count == 12)
    #expect(Set(styles.map { "\($0.fill) \($0.shape)" }).count == 12)
  }

  @Test func `every chart of a page draws a method in one colour`() throws {
    var report = try Report.parse(JSON.parse(Fixtures.bytes("reports/sample-comparison.json")))
    report.runs = Array(report.runs.prefix(1))
    let markup = try Markup(
      HTMLReport.page(report).replacing(#/<style>(.|\n)*<\/style>/#, with: ""))
    // The colour of every mark that names the method in its title.
    func colours(_ name: String) -> Set<Substring> {
      let marks = markup.elements.filter { $0.title?.contains(name) == true }
      let words = marks.flatMap { ($0.attributes["class"] ?? "").split(separator: " ") }
      return Set(words.filter { $0.hasPrefix("f-") || $0.hasPrefix("k-") }.map { $0.dropFirst(2) })
    }
    #expect(colours("prompts without E6") == ["s0"])
    #expect(colours("zero-shot") == ["ref"])
    let groups: Set<Substring> = ["head", "medium", "tail"]
    #expect(colours("LMPT").isDisjoint(with: groups.union(["s0", "ref"])))
    #expect(
      markup.all("rect", "strip").allSatisfy { element in
        groups.contains { element.attributes["class"] == "strip f-\($0)" }
      })
  }
}
