// PageStyle - the style sheet of a page.
// SPDX-License-Identifier: Apache-2.0

/// Type, spacing, tables and cards; one column that is readable on a phone and on paper.
enum PageStyle {
  static let css = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 system-ui,\
    -apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
    main,header,footer{max-width:912px;margin:0 auto;padding:0 16px}
    header{padding-top:40px}
    h1{font-size:29px;line-height:1.2;margin:0 0 12px;letter-spacing:-.01em}
    h2{font-size:21px;line-height:1.3;margin:0 0 6px}
    h3{font-size:15px;margin:0 0 8px}
    p{margin:0 0 12px;max-width:70ch}
    section{padding:32px 0 0}
    section>p{color:var(--muted);font-size:15px}
    .lead{font-size:20px;line-height:1.4;font-weight:600;max-width:none;\
    font-variant-numeric:tabular-nums}
    .notice{border-left:4px solid var(--muted);background:var(--soft);padding:10px 14px;\
    max-width:none}
    .facts{margin:16px 0 0;padding:14px 0;display:grid;gap:12px;\
    border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)}
    .facts dl{display:flex;flex-wrap:wrap;gap:6px 28px;margin:0}
    .facts div{min-width:64px}
    .facts dt{font-size:13px;color:var(--muted)}
    .facts dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
    nav{font-size:14px;margin:14px 0 0;display:flex;flex-wrap:wrap;gap:2px 16px}
    a{color:var(--ink);text-decoration-color:var(--muted);text-underline-offset:3px}
    nav a{color:var(--muted);text-decoration:none}nav a:hover{text-decoration:underline}
    figure{margin:12px 0 0}
    figcaption{font-size:15px;font-weight:600;margin:0 0 8px}
    .narrow{display:none!important}
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:20px}
    .pair>figure{min-width:0}
    .small{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px 10px;\
    margin:12px 0 0}
    .key{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;list-style:none;padding:0;\
    margin:10px 0 0}
    .key svg{display:inline-block;vertical-align:middle;margin-right:6px}
    .scroll{overflow-x:auto;margin:12px 0 0}
    table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
    th:first-child{padding-left:0}
    thead th{font-size:13px;color:var(--muted);font-weight:600;white-space:nowrap;\
    vertical-align:bottom}
    tbody th{font-weight:400}
    td.n{text-align:right;white-space:nowrap}
    thead th.n{text-align:right}
    .block th{font-size:13px;color:var(--muted);padding-top:16px}
    .own th,.own td{font-weight:600}
    .own small{font-weight:400}
    small{font-size:12.5px;color:var(--muted);display:block;line-height:1.35}
    .environment thead{display:none}
    .best{text-decoration:underline;text-underline-offset:3px;text-decoration-thickness:2px}
    .noted th,.noted td{border-bottom:0;padding-bottom:0}
    .note td{font-size:12.5px;color:var(--muted);padding:0 0 5px}
    .notes{margin:14px 0 0;padding:0;list-style:none;font-size:14px;color:var(--muted)}
    .notes li{margin:0 0 3px;max-width:80ch}
    .g{white-space:nowrap}
    .g::before{content:"";display:inline-block;width:10px;height:10px;margin-right:6px;\
    border-radius:2px;background:var(--muted)}
    .g-head::before{background:var(--head)}.g-medium::before{background:var(--medium)}
    .g-tail::before{background:var(--tail)}
    .words{display:grid;grid-template-columns:minmax(90px,max-content) 1fr;gap:6px 14px;\
    margin:12px 0 0;font-size:14px}
    .words dt{font-weight:600;padding-top:3px}
    .words dd{margin:0}.words ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;\
    gap:4px}
    .words li{background:var(--soft);border-radius:3px;padding:2px 6px;white-space:nowrap}
    .words small{display:inline;margin-left:5px;font-size:11.5px}
    details{margin:12px 0 0}
    .m::before{content:"";display:inline-block;width:10px;height:10px;margin-right:7px;\
    border-radius:50%;background:var(--muted)}
    summary{cursor:pointer;font-size:14px;color:var(--muted);padding:2px 0}
    summary:hover{color:var(--ink)}
    details .scroll{max-height:420px;overflow:auto}
    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));\
    gap:0 20px;margin:14px 0 0}
    .card{min-width:0;break-inside:avoid;display:grid;grid-template-rows:subgrid;grid-row:span 4;\
    align-content:start;padding-bottom:24px}
    .card img,.card .none{display:block;width:100%;aspect-ratio:var(--shape);object-fit:contain;\
    border-radius:4px;background:var(--soft);image-orientation:none}
    .card .none{display:grid;place-items:center;font-size:13px;color:var(--muted)}
    .card h3{margin:8px 0 2px;font-size:14px;font-weight:600;overflow:hidden;white-space:nowrap;\
    text-overflow:ellipsis;min-width:0}
    .card .true{font-size:14px;margin:0 0 6px}
    .card .true:empty{margin:0}
    .scores{width:100%;font-size:13px;margin:0 0 8px;table-layout:fixed}
    .scores caption{position:static;width:auto;height:auto;clip-path:none;text-align:left;\
    color:var(--muted);padding:4px 0 2px}
    .scores th,.scores td{border:0;padding:1.5px 0;white-space:nowrap;overflow:hidden;\
    text-overflow:ellipsis;vertical-align:middle}
    .scores th{width:47%;padding-right:6px}
    .scores td:last-child{width:52px;text-align:right}
    .scores .hit th{font-weight:600}
    .track{display:block;height:9px;background:var(--soft);border-radius:2px}
    .fill{display:block;height:9px;border-radius:2px;background:var(--rule)}
    pre{background:var(--soft);padding:10px 12px;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,\
    Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:12px 0 0}
    footer{padding-top:40px;padding-bottom:40px;font-size:13px;color:var(--muted)}
    @media (max-width:700px){
    header{padding-top:24px}h1{font-size:25px}body{font-size:15px}
    .wide{display:none!important}.narrow{display:block!important}
    .lead{font-size:18px}.facts dl{gap:8px 20px}.facts dd{font-size:16px}
    .results tbody th{min-width:9em}
    .cards{grid-template-columns:repeat(2,minmax(0,1fr));gap:0 12px}
    .scores th{width:48%}.scores td:last-child{width:42px}
    .words{grid-template-columns:1fr;gap:4px}.words dt{padding-top:8px}
    th,td{padding:5px 6px}
    .results table,.figures table{font-size:13px}
    .small{grid-template-columns:repeat(2,minmax(0,1fr))}}
    @media print{
    body{font-size:10.5pt}main,header,footer{max-width:none}
    .wide{display:block!important}.narrow,nav{display:none!important}
    section{break-inside:auto}figure,tr,.card{break-inside:avoid}h2,h3{break-after:avoid}
    .scroll,details .scroll{overflow:visible;max-height:none}
    details::details-content{content-visibility:visible;display:block}}

    """
    + ["ref", "s0", "s1", "s2", "s3", "s4", "s5"].map {
      ".m-\($0)::before,.m-\($0) .hit .fill{background:var(--\($0))}"
    }.joined() + "\n"
}
