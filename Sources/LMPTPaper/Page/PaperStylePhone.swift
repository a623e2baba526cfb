// PaperStylePhone - the page on narrow windows and on paper.
// SPDX-License-Identifier: Apache-2.0

extension PaperStyle {
  static let phone = """
    @media (max-width:1080px){
    body{display:block}nav.side{display:none}main{margin:0 auto;max-width:760px;padding:0 24px}
    .pair{grid-template-columns:minmax(0,1fr)}
    details.top{display:block;position:sticky;top:0;z-index:1;background:var(--surface);\
    margin:0 0 8px;padding:10px 0;border-bottom:1px solid var(--rule);max-width:none}
    details.top[open]{max-height:80vh;overflow-y:auto}
    details.top nav{padding:10px 0;font-size:15px}
    html{scroll-padding-top:64px}}
    @media (max-width:600px){
    body{font-size:16px}main{padding:0 16px}header{padding-top:28px}
    h1{font-size:29px}h2{font-size:23px}section{padding-top:52px}section.part>h2{font-size:26px}
    pre{font-size:11.8px;padding:10px}.numbered .ln{padding-left:calc(2.8em + 4ch)}
    .numbered .ln::before{width:2em}
    .two{grid-template-columns:minmax(0,1fr)}
    .two .eq{flex-direction:column;align-items:stretch}.two .eq .tag{align-self:flex-end}
    .box,.compare{padding:12px 14px}
    .compare dl>div,.box dl>div,.glossary>div{grid-template-columns:minmax(0,1fr)}
    .voice{padding-left:12px}
    table{font-size:13.5px}th,td{padding-right:10px}
    .eq math{font-size:1.08em}}
    @media print{
    body{display:block;font-size:10.2pt;line-height:1.5}main{max-width:none;padding:0}
    nav.side,details.top,a.anchor{display:none}
    header{padding-top:0}section{padding-top:26px}section.part{break-before:page}
    h1{font-size:24pt}h2{font-size:16pt}h3{font-size:12pt}h2,h3,h4,.who{break-after:avoid}
    figure.drawn,tr,.ln,.eq,.compare{break-inside:avoid}
    pre{font-size:7.6pt}.pair{grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 18px}
    table{font-size:8.8pt}.scroll,figure.drawn{overflow:visible}
    .lit{background:none;box-shadow:none}
    details::details-content{content-visibility:visible;display:block}}

    """
}
