// ChartStyle - colours and strokes of all charts.
// SPDX-License-Identifier: Apache-2.0

/// Where a chart is shown.
package enum ChartUse: Sendable {
  /// Inside a page that brings `ChartStyle`.
  case page
  /// As a file of its own, which carries its style.
  case file
}

/// How much room a chart has.
package enum ChartLayout: Sendable {
  /// A desktop page or paper.
  case wide
  /// A phone.
  case narrow

  var width: Double { self == .wide ? 880 : 358 }
}

/// The style sheet of the charts.
///
/// The three group colours differ by at least 32 units (CIE 1976) in the light scheme and 25 in the
/// dark one, under normal sight and under simulated protanopia, deuteranopia and tritanopia (matrices
/// of Machado and others, 2009); series also differ in shape and dash.
package enum ChartStyle {
  /// Colours as custom properties, for light and dark.
  package static let variables = """
    :root{color-scheme:light dark;--surface:#fff;--ink:#1b1f23;--muted:#5a6470;--rule:#d9dee3;\
    --soft:#f4f6f8;--head:#1f6fb4;--medium:#b98300;--tail:#7a1f4e;--s0:#0072b2;--s1:#c44e00;\
    --s2:#00805c;--s3:#8c2d78;--s4:#9a7d00;--s5:#5c6670}
    @media (prefers-color-scheme:dark){:root{--surface:#14171a;--ink:#e6e9ec;--muted:#9aa5b1;\
    --rule:#343b42;--soft:#1d2226;--head:#4f9fe0;--medium:#f0c050;--tail:#d05f95;--s0:#56b4e9;\
    --s1:#f08a3c;--s2:#2fbf94;--s3:#e07ab0;--s4:#e6cf4a;--s5:#a8b4c0}}
    @media print{:root{color-scheme:light;--surface:#fff;--ink:#000;--muted:#444;--rule:#bbb;\
    --soft:#fff;--head:#1f6fb4;--medium:#b98300;--tail:#7a1f4e;--s0:#0072b2;--s1:#c44e00;\
    --s2:#00805c;--s3:#8c2d78;--s4:#9a7d00;--s5:#5c6670}}

    """

  /// Marks, strokes and text.
  package static let marks = """
    .chart{display:block;max-width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",\
    Roboto,sans-serif;fill:var(--ink);background:var(--surface)}
    .chart .t{fill:var(--ink)}.chart .m{fill:var(--muted)}.chart .b{fill:var(--ink);font-weight:600}
    .chart .grid{stroke:var(--rule);stroke-width:1}.chart .axis{stroke:var(--muted);stroke-width:1}
    .chart .split{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 3}
    .chart .whisker{stroke:var(--ink);stroke-width:1.2;fill:none}
    .chart .count{stroke:var(--ink);stroke-width:1.2;fill:none;}
    .chart .count-halo{stroke:var(--surface);stroke-width:3.6;fill:none;stroke-opacity:.7}
    .chart .l{fill:none;stroke-width:1.8;stroke-linejoin:round}
    .chart .l1{stroke-dasharray:6 3}.chart .l2{stroke-dasharray:2 2.5}
    .chart .l3{stroke-dasharray:9 3 2 3}
    .chart .halo{stroke:var(--surface);stroke-width:1}.chart .open{fill:var(--surface)!important;\
    stroke-width:1.6}
    .chart .dot{fill-opacity:.5}.chart .k-frame{stroke:var(--rule)}.chart .named{paint-order:stroke;\
    stroke:var(--surface);stroke-width:3px;stroke-linejoin:round}

    """
    + (Report.Group.allCases.map(\.rawValue) + (0..<6).map { series($0) }).map {
      ".chart .f-\($0){fill:var(--\($0))}.chart .k-\($0){stroke:var(--\($0))}"
    }.joined() + "\n"

  static func series(_ index: Int) -> String { "s\(index % 6)" }

  /// Classes of a line: colour, then dash.
  static func line(_ index: Int) -> String { "l k-\(series(index)) l\(index % 4)" }
}
