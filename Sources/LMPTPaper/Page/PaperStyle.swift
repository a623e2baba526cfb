// PaperStyle - the style sheet of the annotated page.
// SPDX-License-Identifier: Apache-2.0

/// Type and spacing of a page that is read from the first line to the last.
///
/// Text has a measured line; a formula and its code stand side by side where there is room.
enum PaperStyle {
  static let css = """
    :root{--mark:#fff1b8;--markline:#d9a400;--kw:#8a2a8a;--ty:#1f5fc4;--nu:#a04500;--st:#1c6b3c;\
    --co:#65707c;--paper:#1f5fc4;--released:#b04a00;--ours:#0e6b5e}
    @media (prefers-color-scheme:dark){:root{--mark:#4a3f12;--markline:#d9b23a;--kw:#e29be2;\
    --ty:#8ab4ff;--nu:#f0a46a;--st:#86d3a2;--co:#8f9ba7;--paper:#6ea0ff;--released:#f0904a;\
    --ours:#4cc7a8}}
    @media print{:root{--mark:transparent;--kw:#8a2a8a;--ty:#1f5fc4;--nu:#a04500;--st:#1c6b3c;\
    --co:#65707c;--paper:#1f5fc4;--released:#b04a00;--ours:#0e6b5e}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:24px}
    body{margin:0;background:var(--surface);color:var(--ink);font:17px/1.6 system-ui,-apple-system,\
    "Segoe UI",Roboto,sans-serif;overflow-wrap:break-word;display:grid;\
    grid-template-columns:216px minmax(0,1fr)}
    nav.side{position:sticky;top:0;height:100vh;overflow-y:auto;padding:48px 12px 48px 24px;\
    font-size:13.5px;line-height:1.4}
    nav ol{list-style:none;margin:0;padding:0}
    nav li{margin:0 0 7px}nav li.part{margin-top:20px;font-weight:600}
    nav a{color:var(--muted);text-decoration:none;display:block;border-left:2px solid transparent;\
    padding-left:10px}
    nav a:hover{color:var(--ink)}nav a.here{color:var(--ink);border-left-color:var(--s0)}
    nav math{font-size:1em}
    main{min-width:0;padding:0 32px 0 28px;max-width:1120px}
    header{padding-top:56px}
    h1{font-size:38px;line-height:1.15;letter-spacing:-.02em;margin:0 0 20px;max-width:20em}
    h2{font-size:27px;line-height:1.25;letter-spacing:-.01em;margin:0 0 14px}
    h3{font-size:18px;line-height:1.35;margin:32px 0 8px}
    h4{font-size:16px;margin:24px 0 6px}
    section{padding-top:72px}section.part>h2{font-size:33px;border-top:1px solid var(--rule);\
    padding-top:40px}
    section.method{padding-top:8px}
    p,ul,ol,blockquote,.voice,.compare,details,.glossary,.lede{max-width:68ch}
    p{margin:0 0 14px}li{margin:0 0 5px}main ul,main section>ol,.voice ol{padding-left:1.3em;margin:0 0 14px}
    small{font-size:13px;font-weight:400;color:var(--muted)}
    a{color:inherit;text-decoration-color:var(--muted);text-underline-offset:3px}
    a.anchor{color:var(--muted);text-decoration:none;opacity:0;margin-left:.4em;font-weight:400}
    :hover>a.anchor,a.anchor:focus{opacity:1}
    code{font:0.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--soft);\
    padding:1px 4px;border-radius:3px;overflow-wrap:anywhere}
    blockquote{margin:0 0 14px;padding-left:16px;border-left:3px solid var(--rule);color:var(--muted)}
    .g{white-space:nowrap}
    math{font-size:1.08em}math .bold{font-weight:700}
    .eq{position:relative;display:flex;align-items:center;gap:12px;margin:14px 0 18px;\
    scroll-margin-top:40px}
    .eq .scroll{flex:1;margin:0;padding:6px 0}.eq math{font-size:1.22em;margin:4px 0}
    .eq .tag{font-size:13px;color:var(--muted);text-decoration:none;border:1px solid var(--rule);\
    border-radius:10px;padding:0 8px;white-space:nowrap}
    mtable.cases mtd{text-align:left;padding:.15em .5em}mtable.aligned mtd:nth-child(odd){text-align:right}
    mtable.aligned mtd{text-align:left;padding:.2em .1em}
    .pair{display:grid;grid-template-columns:minmax(0,9fr) minmax(0,11fr);gap:4px 32px;\
    align-items:start;margin:10px 0 18px}
    .pair>div{min-width:0}
    figure{margin:18px 0 22px}
    figcaption{font-size:14.5px;line-height:1.5;color:var(--muted);max-width:72ch;margin:8px 0 0}
    figure.code{margin:14px 0 18px}
    figure.code figcaption{margin:0 0 4px;font-size:13px}
    figure.drawn{overflow-x:auto}figure.drawn svg{display:block;max-width:100%;height:auto}
    pre{background:var(--soft);border-radius:6px;padding:12px 14px;margin:0 0 14px;\
    font:12.8px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;\
    overflow-wrap:anywhere;overflow-x:auto}
    pre code{display:block;font:inherit;background:none;padding:0}
    pre b{font-weight:500;color:var(--kw)}pre i{font-style:normal;color:var(--co)}
    pre .ty{color:var(--ty)}pre .nu{color:var(--nu)}pre .st{color:var(--st)}
    .ln{display:block;padding-left:4ch;text-indent:-4ch}
    .numbered .ln{position:relative;padding-left:calc(3.4em + 4ch)}
    .numbered .ln::before{content:attr(data-n);position:absolute;left:0;text-indent:0;\
    width:2.4em;\
    text-align:right;color:var(--muted);opacity:.7;user-select:none}
    [data-s]{border-radius:3px}
    pre [data-s],math [data-s]{cursor:default;text-decoration:none}
    pre [data-s]{box-shadow:inset 0 -1px var(--rule)}
    .lit{background:var(--mark);box-shadow:0 0 0 2px var(--mark)}
    tr.lit{box-shadow:none}
    .scroll{overflow-x:auto;margin:0 0 16px}
    table{border-collapse:collapse;font-size:14.5px;line-height:1.45;font-variant-numeric:tabular-nums}
    th,td{padding:5px 14px 5px 0;text-align:left;border-bottom:1px solid var(--rule);\
    vertical-align:top}
    thead th{font-size:12.5px;color:var(--muted);font-weight:600;white-space:nowrap}
    tbody th{font-weight:400}
    td.n,th.n{text-align:right;white-space:nowrap}
    .legend .shape{color:var(--muted)}.legend code{overflow-wrap:normal}
    .legend th[scope=row]{white-space:nowrap}
    .voice{border-left:3px solid var(--rule);padding:2px 0 2px 18px;margin:18px 0}
    .voice>:last-child{margin-bottom:0}
    .voice.paper{border-color:var(--paper)}.voice.released{border-color:var(--released);\
    border-left-style:double;border-left-width:5px}.voice.ours{border-color:var(--ours)}
    .who{font-size:12.5px;font-weight:600;letter-spacing:.04em;text-transform:uppercase;\
    margin:0 0 4px;color:var(--muted)}
    .paper>.who{color:var(--paper)}.released>.who{color:var(--released)}.ours>.who{color:var(--ours)}
    .ev{font-size:11.5px;color:var(--muted);border:1px solid var(--rule);border-radius:8px;\
    padding:0 6px;text-decoration:none;white-space:nowrap;vertical-align:1px}
    .ev-reconstructed,.ev-recalled{border-style:dashed}
    .ev-confirmed{border-color:var(--ours);color:var(--ours)}
    .box,.compare{border:1px solid var(--rule);border-radius:8px;padding:16px 20px;margin:22px 0}
    .compare,.box{max-width:760px}
    .box>:last-child,.compare>:last-child{margin-bottom:0}
    .two{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:18px}
    .two.stacked{grid-template-columns:minmax(0,1fr);gap:4px}
    .two .voice{margin:4px 0 10px;font-size:15px;line-height:1.5}
    .two p{margin:0 0 8px}.two .eq{margin:0 0 6px}.two .eq math{font-size:1.08em}
    dl{margin:0 0 14px}
    .compare dl>div,.box dl>div{display:grid;grid-template-columns:7.5em minmax(0,1fr);gap:0 12px;\
    font-size:14.5px;line-height:1.5;padding:3px 0}
    dt{color:var(--muted)}dd{margin:0}
    .glossary>div{display:grid;grid-template-columns:11em minmax(0,1fr);gap:0 18px;padding:6px 0;\
    border-bottom:1px solid var(--rule);font-size:15.5px}
    .glossary dt{color:var(--ink);font-weight:600}
    details{margin:10px 0 14px}summary{cursor:pointer;color:var(--muted);font-size:15px}
    summary:hover{color:var(--ink)}details>pre,details>.scroll{margin-top:10px}
    details.top{display:none}
    .values{display:flex;flex-wrap:wrap;gap:14px 36px;align-items:start}
    .values>div{min-width:0;max-width:100%}
    .values .name{font-size:14.5px;margin:0 0 2px}
    .values .scroll{margin:0}.values table{font-size:14px}
    .where,.run,.see{font-size:14px;color:var(--muted)}
    .see{margin:-10px 0 12px}
    [data-machine]{border-bottom:1px dotted var(--muted)}
    footer{padding:72px 0 64px;color:var(--muted);font-size:14.5px}

    """
}
