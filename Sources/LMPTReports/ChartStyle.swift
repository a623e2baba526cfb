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
/// The groups are steps of one ramp, from dark green (head) to lime (tail); methods have no green, and
/// what they are compared with is grey. Any two groups differ by at least 23 units (CIE 1976), any
/// two methods by 20, under normal sight and under simulated protanopia, deuteranopia and tritanopia
/// (matrices of Machado and others, 2009), in both schemes; methods also differ in dash and mark.
package enum ChartStyle {
  private static let light = """
    --surface:#fff;--ink:#1b1f23;--muted:#5a6470;--rule:#d9dee3;--soft:#f4f6f8;--ref:#6b7580;\
    --head:#0e4f4a;--medium:#2b9a72;--tail:#98aa00;--s0:#1f5fc4;--s1:#c75300;--s2:#c273c2;\
    --s3:#6f3b1c;--s4:#5c3c70;--s5:#0812ae
    """
  private static let dark = """
    --surface:#14171a;--ink:#e6e9ec;--muted:#9aa5b1;--rule:#343b42;--soft:#1d2226;--ref:#a0abb6;\
    --head:#2f8f86;--medium:#5fcf9f;--tail:#d9e65c;--s0:#6ea0ff;--s1:#f0904a;--s2:#f1c2fc;\
    --s3:#b05a32;--s4:#7c64b7;--s5:#4a58f0
    """

  /// Colours as custom properties, for light and dark.
  package static let variables = """
    :root{color-scheme:light dark;\(light)}
    @media (prefers-color-scheme:dark){:root{\(dark)}}
    @media print{:root{color-scheme:light;\(light)}}

    """

  /// Marks, strokes and text.
  package static let marks = """
    .chart{display:block;max-width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",\
    Roboto,sans-serif;fill:var(--ink);background:var(--surface)}
    .chart .t{fill:var(--ink)}.chart .m{fill:var(--muted)}.chart .b{fill:var(--ink);font-weight:600}
    .chart .grid{stroke:var(--rule);stroke-width:1}.chart .axis{stroke:var(--muted);stroke-width:1}
    .chart .split,.chart .kept{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 3}
    .chart .whisker{stroke:var(--ink);stroke-width:1.2;fill:none}
    .chart .count{stroke:var(--ink);stroke-width:1.3;stroke-dasharray:1.5 2.5;fill:none}
    .chart .count-halo{stroke:var(--surface);stroke-width:3.6;fill:none;stroke-opacity:.7}
    .chart .tick{stroke-width:2.4}.chart .tick-halo{stroke:var(--surface);stroke-width:5}
    .chart .l{fill:none;stroke-width:1.8;stroke-linejoin:round}
    .chart .l1{stroke-dasharray:6 3}.chart .l2{stroke-dasharray:2 2.5}
    .chart .l3{stroke-dasharray:9 3 2 3}
    .chart .halo{stroke:var(--surface);stroke-width:1}.chart .open{fill:var(--surface)!important;\
    stroke-width:1.6}
    .chart .dot{fill-opacity:.5}.chart .k-frame{stroke:var(--rule)}.chart .named{paint-order:stroke;\
    stroke:var(--surface);stroke-width:3px;stroke-linejoin:round}

    """
    + (Report.Group.allCases.map(\.rawValue) + ["ref"] + (0..<6).map { "s\($0)" }).map {
      ".chart .f-\($0){fill:var(--\($0))}.chart .k-\($0){stroke:var(--\($0))}"
    }.joined() + "\n"
}
