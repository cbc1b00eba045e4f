/// The style of a report page, charts aside.
enum ReportStyleSheet {
    private static let light =
        "--paper:#fff;--ink:#1b2229;--quiet:#56616d;--rule:#dde2e7;--soft:#f4f6f8;--accent:#0b57d0;"
        + "--best:#dff3e4;--warn:#fff1cc;--warn-ink:#5c3d00;--warn-rule:#e0a800"
    private static let dark =
        "--paper:#0f1419;--ink:#e8edf2;--quiet:#a3afbb;--rule:#2b343e;--soft:#182028;--accent:#7cb0ff;"
        + "--best:#173d2a;--warn:#3a2c05;--warn-ink:#ffe2a0;--warn-rule:#b98900"

    static let css = """
        :root{\(light);color-scheme:light dark}
        @media (prefers-color-scheme:dark){:root{\(dark)}}
        :root.theme-light{\(light);color-scheme:light}
        :root.theme-dark{\(dark);color-scheme:dark}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);\
        font:16px/1.55 "Helvetica Neue",Helvetica,Arial,"Liberation Sans",system-ui,sans-serif}
        main{max-width:860px;margin:0 auto;padding:1rem 1.25rem 3rem}
        h1{font-size:1.9rem;line-height:1.2;margin:1.5rem 0 .3rem}
        h2{font-size:1.3rem;line-height:1.3;margin:2.6rem 0 .6rem;padding-top:1.2rem;border-top:1px solid var(--rule)}
        p,ul{margin:.7rem 0;max-width:44rem}
        p,li,dd{overflow-wrap:anywhere}
        .subtitle,footer,figcaption{color:var(--quiet)}
        .banner{margin:0;max-width:none;padding:.6rem 1.25rem;text-align:center;font-weight:700;\
        background:var(--warn);color:var(--warn-ink);border-bottom:2px solid var(--warn-rule)}
        figure{margin:1.4rem 0;border:1px solid var(--rule);border-radius:10px;overflow:hidden}
        figure svg{display:block;width:100%;min-width:560px;height:auto}
        details{border-top:1px solid var(--rule)}
        summary{padding:.5rem 1rem;cursor:pointer;color:var(--quiet);font-size:.9rem}
        details .scroll{margin:0;padding:0 1rem 1rem}
        .scroll{overflow-x:auto;margin:1.2rem 0}
        figure>.scroll{margin:0}
        .scroll:focus-visible,pre:focus-visible,summary:focus-visible{outline:2px solid var(--accent);\
        outline-offset:-2px}
        table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-weight:700;padding:0 0 .5rem}
        th,td{padding:.42rem .7rem;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
        thead th{color:var(--quiet);font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--rule)}
        tbody th{font-weight:600;white-space:normal;min-width:8rem}
        .number{text-align:right}
        .center{text-align:center}
        .best{background:var(--best);font-weight:700}
        small{color:var(--quiet);font-weight:400;font-size:.85em}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;margin:1rem 0}
        dt{color:var(--quiet)}
        dd{margin:0}
        pre{background:var(--soft);border:1px solid var(--rule);border-radius:8px;padding:.8rem 1rem;overflow-x:auto;\
        font:.9rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        footer{margin-top:2.5rem;border-top:1px solid var(--rule);font-size:.9rem}
        @media (max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .5rem}\
        h1{font-size:1.5rem}main{padding:.5rem .9rem 2rem}}
        @media print{:root,:root.theme-dark{\(light);color-scheme:light}body{font-size:10.5pt}\
        main{max-width:none;padding:0}figure,table,pre,dl{break-inside:avoid}h2{break-after:avoid}\
        figure svg{min-width:0}.scroll{overflow:visible}pre{white-space:pre-wrap}summary{display:none}\
        .best,.banner{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

        """
}
