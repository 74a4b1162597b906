"""What students hand in to run, load, link or send something at whoever opens it: one table for all viewers.

Everything that runs sets ``window.pwned``; everything that is loaded or linked lies at ``evil.example`` or is a page of the
server on which formgrader and JupyterLab run.
"""

import json
import random
from typing import Any

RUN = "window.pwned=1"
EVIL = "https://evil.example"
_ALERT = f"javascript:{RUN}"
_ENCODED = "".join(f"&#{ord(letter)};" for letter in _ALERT)
_HEX = "".join(f"&#x{ord(letter):x};" for letter in "\\href")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

MARKDOWN: dict[str, str] = {
    "a link": f"[a]({_ALERT})",
    "a link in angle brackets": f"[a](<{_ALERT}>)",
    "a link with a title": f'[a]({_ALERT} "t")',
    "a link in capitals": f"[a](JaVaScRiPt:{RUN})",
    "a link with references": f"[a]({_ENCODED})",
    "a link with hexadecimal references": "[a](&#x6A;avascript&colon;window.pwned=1)",
    "a link with a tab": f"[a](java&Tab;script:{RUN})",
    "a link with a new line": f"[a](java&NewLine;script:{RUN})",
    "a link with control characters": f"[a](\x01\x02java\x00script:{RUN})",
    "a link that is escaped": f"\\[a](javascript\\:{RUN})",
    "a link behind a new line": f"[a](\n{_ALERT}\n)",
    "a link with brackets in it": f"[a [b] c]({_ALERT})",
    "a link over lines": f"[a\nb]({_ALERT})",
    "a reference": f"[a][r]\n\n[r]: {_ALERT}",
    "a reference in short": f"[r2]\n\n[r2]: {_ALERT}",
    "a reference that is collapsed": f"[r3][]\n\n[r3]: <{_ALERT}> 't'",
    "a reference over lines": f"[r4]\n\n[r4]:\n  {_ALERT}\n  'title'",
    "a reference in a quotation": f"> [r5]: {_ALERT}\n\n[r5]",
    "a reference in a list": f"- [r6]: {_ALERT}\n\n[r6]",
    "an automatic link": f"<{_ALERT}>",
    "an automatic link elsewhere": f"<{EVIL}/auto>",
    "an address": f"see {EVIL}/bare for more",
    "an address without a scheme": "see www.evil.example/bare",
    "an address of a mail": "write to eve@evil.example or <eve@evil.example>",
    "an address in capitals": "HTTPS://EVIL.EXAMPLE/CAPS and ftp://evil.example/f",
    "a link elsewhere": f"[docs]({EVIL}/link)",
    "a link without a scheme": "[docs](//evil.example/relative)",
    "a link to the server": "[log me out](/logout)",
    "a link to another file of the server": "[x](..%2f..%2f..%2fsubmitted%2fmallory%2flab%2fnotes.shtml)",
    "a link to a file": "[see my notes](notes.shtml)",
    "a link to data": "[a](data:text/html;base64,PHNjcmlwdD53aW5kb3cub3BlbmVyLnB3bmVkPTE8L3NjcmlwdD4=)",
    "a link to a blob": "[a](blob:https://evil.example/x)",
    "a link to vbscript": "[a](vbscript:msgbox(1))",
    "a link to a file of the disk": "[a](file:///etc/passwd)",
    "a link around a picture": f"[![a](plot.png)]({_ALERT})",
    "a link around an attachment": f"[![a](attachment:pixel.png)]({_ALERT})",
    "a picture behind a backslash": "\\![a](plot.png) and \\\\![b](plot.png)",
    "a picture": f"![x]({EVIL}/track.png)",
    "a picture in angle brackets": f"![x](<{EVIL}/track.png>)",
    "a picture without a scheme": "![x](//evil.example/track.png)",
    "a picture with backslashes": "![x](\\\\evil.example\\track.png)",
    "a picture by reference": f"![x][p]\n\n[p]: {EVIL}/ref.png",
    "a picture of the server": "![x](/logout)",
    "a picture that climbs": "![x](../../../logout/x.png)",
    "a picture with a query": "![x](plot.png?a=1)",
    "a picture with a title": f'![x](plot.png "{EVIL}")',
    "a picture that is missing": "![x](attachment:missing.png)",
    "a picture of data": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "a picture whose words close the tag": f'!["onerror="{RUN}](plot.png)',
    "HTML": f"<img src=x onerror={RUN}>",
    "HTML in a list": f"- <img src=x onerror={RUN}>\n  - <svg/onload={RUN}>",
    "HTML in a table": f"| a |\n|---|\n| <img src=x onerror={RUN}> |",
    "HTML in mathematics": f"$<img src=x onerror={RUN}>$ $$<svg onload={RUN}>$$ \\begin{{x}}<img src=x onerror={RUN}>\\end{{x}}",
    "HTML in code": f"`<img src=x onerror={RUN}>`\n\n```\n<img src=x onerror={RUN}>\n```\n\n    <img src=x onerror={RUN}>",
    "HTML that is parted": f"<im\x00g src=x onerror={RUN}> <\x0cimg src=x onerror={RUN}> <img\x0bsrc=x\x0bonerror={RUN}>",
    "HTML in references": f"&lt;img src=x onerror={RUN}&gt; &#60;img src=x onerror={RUN}&#62;",
    "a style": "<style>body{background:url(https://evil.example/style)}</style>",
    "a frame": f"<iframe src='{_ALERT}'></iframe><iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    "a comment": f"<!--><img src=x onerror={RUN}>-->",
    "a declaration": f"<!DOCTYPE x><?xml-stylesheet href='{EVIL}/s'?><![CDATA[<img src=x onerror={RUN}>]]>",
    "a base": f"<base href='{EVIL}/'><meta http-equiv=refresh content='0;url={EVIL}/refresh'><link rel=stylesheet href={EVIL}/l>",
    "a form": f"<form action={EVIL}/form><button>OK</button></form>",
    "placeholders of mathematics": f"$<img src=x onerror={RUN}>$ @@0@@ [a](@@0@@) @@1@@",
    "a diagram": f'```mermaid\nflowchart TD\n A@{{ img: "{EVIL}/mermaid.png", label: "x" }}\n click A "{_ALERT}"\n```',
    "a diagram in a list": f'- [ ] ```mermaid\n  flowchart TD\n   A@{{ img: "{EVIL}/mermaid2.png" }}\n  ```',
    "a diagram behind blanks": f'~~~  mermaid `x`\n%%{{init: {{"themeCSS": "@import url({EVIL}/css)"}}}}%%\nflowchart TD\n A-->B\n~~~',
    "a diagram in references": f'```&#109;ermaid\nflowchart TD\n A@{{ img: "{EVIL}/mermaid3.png" }}\n```',
    "a diagram in capitals": f'> ````Mermaid\n> flowchart TD\n>  A@{{ img: "{EVIL}/mermaid4.png" }}\n> ````',
    "TeX": rf"$\href{{{EVIL}/tex}}{{go}}$",
    "TeX with two backslashes": rf"$\\href{{{EVIL}/tex2}}{{go}}$ and $$\\\\href{{{EVIL}/tex4}}{{go}}$$",
    "TeX between escaped brackets": rf"\\(\\href{{{EVIL}/tex3}}{{go}}\\) \\[\\href{{{_ALERT}}}{{go}}\\]",
    "TeX in references": rf"\\({_HEX}{{{EVIL}/tex5}}{{go}}\\) \\(&bsol;href{{{EVIL}/tex6}}{{go}}\\) \\(\\&#104;ref{{{EVIL}/tex7}}{{x}}\\)",
    "TeX in padded references": rf"\\(\\&#0000000000104;ref{{{EVIL}/tex8}}{{go}}\\)",
    "TeX that defines": rf"$\def\x{{\href}} \x{{{EVIL}/def}}{{go}} \let\y\href \y{{{EVIL}/let}}{{go}} \newcommand{{\z}}{{\href}}\z{{{EVIL}/new}}{{go}}$",
    "TeX that styles": r"$\style{position:fixed;background:url(https://evil.example/style)}{x} \class{modal}{x} \cssId{x}{y}$",
    "TeX that asks for more": r"$\require{action}\toggle{a}{b}\endtoggle \texttip{a}{b} \unicode{x61} \bbox[background:url(//evil.example/b)]{x}$",
    "TeX of tokens": rf'$\mmlToken{{mi}}[href="{EVIL}/token"]{{go}}$',
    "TeX by name": rf"$\csname href\endcsname{{{EVIL}/cs}}{{go}}$",
    "TeX that colours": r"$\color{url(https://evil.example/color)}{x} \colorbox{url(https://evil.example/box)}{x}$",
    "TeX outside of mathematics": rf"\begin{{equation}}\href{{{EVIL}/env}}{{go}}\end{{equation}} \\begin{{align}}\\href{{{EVIL}/env2}}{{go}}\\end{{align}}",
    "TeX in a heading": rf"# $\\href{{{_ALERT}}}{{go}}$",
    "TeX in a table": rf"| $\\href{{{EVIL}/table}}{{go}}$ |" + "\n|---|\n| x |",
    "TeX over a tag": rf"\\(\\<b></b>href{{{EVIL}/over}}{{go}}\\)",
    # A second round, by somebody who has read the cleaner.
    "a link behind a kept picture": f"![a](plot.png)]({_ALERT}) ![a](attachment:pixel.png)](//evil.example/x)",
    "a kept picture as a link's words": f"[x ![a](plot.png) y][k]\n\n[k]\t: {_ALERT}\n[k]:{_ALERT}",
    "a footnote": f"x[^1]\n\n[^1]: [a]({_ALERT})\n    <img src=x onerror={RUN}>",
    "an abbreviation": f"*[HTML]: <img src=x onerror={RUN}>\n\nHTML",
    "a list of terms": f"term\n: [a]({_ALERT})\n: ```mermaid\n  flowchart TD\n  A@{{ img: '{EVIL}/mermaid5.png' }}\n  ```",
    "a link in a struck text": f"~~[a]({_ALERT})~~ **[a]({_ALERT})** _[a](<{_ALERT}>)_",
    "a link in a table": f"| [a\\|b]({_ALERT}) | ![x]({EVIL}/cell.png) |\n|---|---|\n| {EVIL}/cell | www.evil.example |",
    "a task that links": f"- [x]({_ALERT})\n- [ ][q]\n\n[q]: {_ALERT}",
    "a link in mathematics": f"$[a]({_ALERT})$ $$![x]({EVIL}/math.png)$$",
    "a heading that links": f"[a]({_ALERT})\n===\n\n## {EVIL}/heading\n\n# \"><img src=x onerror={RUN}>",
    "headings named like the page's parts": "# MathJax\n\n# base_url\n\n# submission_id\n\n# jQuery\n\n# toggle_name",
    "a link of returns": f"[a]:\r{_ALERT}\r\r[a]\r\n[b]\r(javascript:{RUN})",
    "a link of separators": f"[a](\u2028{_ALERT}) [b](\u00a0{_ALERT}) [c](\ufeff{_ALERT}) [d]\u2060({_ALERT})",
    "a link of surrogates": f"[a](java\u00adscript:{RUN}) [b](\u202ejavascript:{RUN}) [c]({_ALERT}\u0000)",
    "a link with a long label": f"[{'a' * 1200}]({_ALERT}) {'[' * 60}a{']' * 60}({_ALERT})",
    "a picture with a long label": f"![{'a' * 300}](plot.png) ![{'a' * 300}]({EVIL}/long.png)",
    "an event in a tag that is kept": f"<details/open/ontoggle={RUN}><b/onmouseover={RUN}>x</b><p\nonclick={RUN}>y</p>",
    "a closing tag": f"</b></td></table></div></script><script>{RUN}</script></ b><//b><b //onclick={RUN}>",
    "brackets twice": f"<<img src=x onerror={RUN}>> <\\img src=x onerror={RUN}> \\<img src=x onerror={RUN}>",
    "references twice": f"&amp;lt;img src=x onerror={RUN}&amp;gt; &ampbsol;href &amp;#104;ref &lt&#x69;mg src=x onerror={RUN}&gt",
    "HTML in TeX": rf"$\text{{<img src=x onerror={RUN}>}} \text{{&lt;img src=x onerror={RUN}&gt;}} \mathrm{{<b onclick={RUN}>}}$",
    "TeX of environments": rf"\begin{{href}}{{{EVIL}/e1}}\end{{href}} $\begin{{html}}x\end{{html}} \begin{{mathtip}}x\end{{mathtip}}$",
    "TeX of links within": r"$\label{a}\ref{a} \eqref{a} \tag{x}$ $$x \tag*{$\\href{https://evil.example/tag}{x}$}$$",
    "TeX in text of TeX": rf"$\text{{a $\\href{{{EVIL}/t1}}{{b}}$ c}} \operatorname{{\href{{{EVIL}/t2}}{{x}}}}$",
    "TeX that ends a line": f"$\\\nhref{{{EVIL}/l1}}{{x}}$ $\\\\\n\\href{{{EVIL}/l2}}{{x}}$ $\\\u200bhref{{{EVIL}/l3}}{{x}}$",
    "TeX with marks of Markdown": rf"\\(\\**href**{{{EVIL}/m1}}{{x}}\\) \\(\\`href`{{{EVIL}/m2}}{{x}}\\) \\(\\~~href~~{{{EVIL}/m3}}{{x}}\\)",
    "TeX of chemistry": rf"$\ce{{\href{{{EVIL}/ce}}{{x}}}} \pu{{x}} \includegraphics{{{EVIL}/g.png}} \url{{{EVIL}/u}} \data{{x}}{{y}}$",
    "a placeholder that is forged": f"@@0@@ $a$ \\@@0@@ `@@1@@` $\\@@1@@$ <@@0@@img src=x onerror={RUN}>",
    "a fence within a fence": f"````text\n```mermaid\nflowchart TD\n A@{{ img: '{EVIL}/mermaid6.png' }}\n```\n````\n```mermaid\u00a0\nx\n```",
    "a diagram of another kind": "```vega-lite\n{\"data\": {\"url\": \"https://evil.example/v.json\"}}\n```\n```geojson\n{}\n```\n```mermaid-x\nx\n```",
}  # fmt: skip
"""Cells and outputs of Markdown."""

HTML: dict[str, str] = {
    "a script": f"<script>{RUN}</script>",
    "a picture that fails": f"<img src=x onerror={RUN}>",
    "a picture": f"<img src={EVIL}/h.png srcset='{EVIL}/set.png 1x'><picture><source srcset={EVIL}/p.png><img></picture>",
    "a picture of the server": "<img src=/logout><img src='plot.png'>",
    "a link": f"<a href='{_ALERT}'>a</a><a href='{EVIL}/a' ping='{EVIL}/ping'>b</a><a href='notes.shtml'>c</a><a href='/logout'>d</a>",
    "a link with references": f"<a href='{_ENCODED}'>a</a><a href='java&Tab;script:{RUN}'>b</a>",
    "a map": f"<map name=m><area href='{EVIL}/area'></map>",
    "a drawing": f"<svg><a xlink:href='{_ALERT}'><text>a</text></a><animate onbegin={RUN}></svg>",
    "mathematics": f"<math><maction actiontype=statusline xlink:href='{_ALERT}'>x</maction><mtext><img src=x onerror={RUN}></mtext></math>",
    "a mutation": f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    "another mutation": f"<svg></p><style><a id='</style><img src=1 onerror={RUN}>'>",
    "a style": f"<p style='background:url({EVIL}/s)'>x</p><style>@import '{EVIL}/i'</style>",
    "classes of the page": "<div class='modal fade in' role=dialog><button class='btn mark-graded'>x</button></div>",
    "fields of the page": "<input id=submission_id><a id=base_url href=x>x</a><form id=MathJax></form>",
    "commands of JupyterLab": "<a data-commandlinker-command='application:reset-layout' data-commandlinker-args='{}'>x</a>",
    "a quotation": f"<blockquote cite='{EVIL}/cite'>x</blockquote><video src={EVIL}/v poster={EVIL}/p></video><audio src={EVIL}/a autoplay></audio>",
    "an object": f"<object data='{EVIL}/o'></object><embed src='{EVIL}/e'><portal src='{EVIL}/p'></portal>",
    "TeX": rf"$\href{{{EVIL}/h1}}{{go}}$ $\\href{{{EVIL}/h2}}{{go}}$",
    "TeX in references": rf"\(&#92;href{{{EVIL}/h3}}{{go}}\) \({_HEX}{{{EVIL}/h4}}{{go}}\)",
    "TeX over a tag": rf"\(\<wbr>href{{{EVIL}/h5}}{{go}}\) \(\<!-- -->href{{{EVIL}/h6}}{{go}}\) \(\<b></b>href{{{EVIL}/h7}}{{go}}\)",
    "backgrounds": f"<table background={EVIL}/b1 bgcolor=red><td background={EVIL}/b2>x</td></table><body background={EVIL}/b3>",
    "a picture with more": f"<img src='data:image/png;base64,{PIXEL}' srcset='{EVIL}/s 2x' longdesc='{EVIL}/l' usemap=#m onload={RUN} lowsrc={EVIL}/w>",
    "a picture of data": f"<img src=' data:image/svg+xml,<svg onload={RUN}>'><img src='DATA:text/html,x'><img src='data:image/png;x,{EVIL}'>",
    "TeX of a line": rf"<p>$\<br>href{{{EVIL}/n1}}{{x}}$</p><p>$\\<!--x-->href{{{EVIL}/n2}}{{x}}$ $\&#8203;href{{{EVIL}/n3}}{{x}}$</p>",
    "TeX in words of a picture": rf"<img alt='$\href{{{EVIL}/alt}}{{x}}$' title='$\href{{{EVIL}/ti}}{{x}}$' src='data:image/png;base64,{PIXEL}'>",
    "tags of the future": f"<dialog open><selectlist><fencedframe src={EVIL}/ff></fencedframe></dialog><link rel=preload as=image href={EVIL}/pre>",
    "a button that names a command": f"<button popovertarget=x formaction='{_ALERT}' commandfor=y command=show-modal>x</button><menu><li>y</menu>",
    "nested paragraphs": f"<p><marquee><p onclick={RUN}>x</marquee></p><table><tr><p><a href='{_ALERT}'>y<td><a href='{EVIL}'>z</table>",
    "a template": f"<template shadowrootmode=open><img src=x onerror={RUN}></template><noscript><img src=x onerror={RUN}></noscript>",
}  # fmt: skip

SVG: dict[str, str] = {
    "a script": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'><script>{RUN}</script></svg>",
    "a link": f"<svg><a href='{_ALERT}'><text y='9'>a</text></a><use href='{EVIL}/x.svg#y'/></svg>",
    "pictures": f"<svg><image href='{EVIL}/i.png'/><feImage href='{EVIL}/f.png'/><foreignObject><img src='{EVIL}/o.png'/></foreignObject></svg>",
    "a mask elsewhere": rf"<svg><rect mask='url({EVIL}/m)' fill='\75rl({EVIL}/f)' clip-path='image-set(&quot;{EVIL}/c&quot; 1x)' width='9' height='9'/></svg>",
    "a style": f"<svg><style>@import '{EVIL}/i';</style><rect style='fill:url({EVIL}/s)' filter='url({EVIL}/x#y)' width='9' height='9'/></svg>",
    "an animation": f"<svg><a><animate attributeName='href' values='{_ALERT}'/><text>a</text></a><set attributeName='onload' to='{RUN}'/></svg>",
    "a colour elsewhere": f"<svg><rect fill='url(#a) url({EVIL}/c1)' stroke='var(--x, url({EVIL}/c2))' transform='rotate(1) url({EVIL}/c3)'/></svg>",
    "functions of CSS": f"<svg><rect fill='image({EVIL}/1)' mask='cross-fade(url({EVIL}/2))' stroke='attr(x)' marker='src({EVIL}/3)' clip-path='path(x)'/></svg>",
    "a font": f"<svg><text font-family='x; src: url({EVIL}/font)' font-size='expression({RUN})'>x</text></svg>",
    "an entity": f"<!DOCTYPE svg [<!ENTITY x SYSTEM '{EVIL}/e'>]><svg><text>&x;</text></svg>",
}  # fmt: skip

TEXT: dict[str, str] = {
    "an address": f"{EVIL}/text and http://evil.example/text2",
    "an address without a scheme": "www.evil.example/text",
    "an address in colours": "https:\x1b[31m//evil.example/colour \x1b[1mhttps\x1b[0m://evil.example/c2",
    "an address in other sequences": "https:\x1b[!p//evil.example/seq https:\x1b[31;1;4H//evil.example/s2",
    "an address with backspaces": "https:x\b//evil.example/back",
    "an address that is written over": "xxxxxx//evil.example/over\rhttps:",
    "an address with a zero": "https:\x00//evil.example/zero",
    "a link of terminals": "\x1b]8;;https://evil.example/osc\x07go\x1b]8;;\x07",
    "HTML": f"<img src=x onerror={RUN}>",
    "data": "data:text/html,<script>1</script>",
    "an address over colours in a row": "https:\x1b[0m\x1b[1m/\x1b[0m/evil.example/row www\x1b[0m.evil.example/w",
    "an address of another scheme": "vscode://evil.example/x jupyter+lab.x://evil.example/y file:///etc/passwd",
    "an address that is parted by new lines": "https:\r\n//evil.example https:\n//evil.example https:\t//evil.example",
    "a path with a line": 'File "/submitted/mallory/lab/notes.shtml", line 3, in x and ~/notes.shtml:3:1',
}  # fmt: skip

FIGURES: dict[str, dict[str, Any]] = {
    "a picture": {"data": [], "layout": {"images": [{"source": f"{EVIL}/plotly.png", "x": 0, "y": 1}]}},
    "a picture of a template": {"data": [], "layout": {"template": {"layout": {"images": [{"source": "//evil.example/t.png"}]}}}},
    "a trace of a picture": {"data": [{"type": "image", "source": f"{EVIL}/trace.png"}], "layout": {}},
    "a map": {"data": [{"type": "scattermap", "lat": [1], "lon": [1]}], "layout": {"map": {"style": f"{EVIL}/style.json"}}},
    "an outline": {"data": [{"type": "choropleth", "geojson": f"{EVIL}/g.json", "locations": ["a"], "z": [1]}], "layout": {}},
    "a globe": {"data": [{"type": "scattergeo", "lat": [1], "lon": [1]}], "layout": {"geo": {"scope": "europe"}}},
    "a link": {"data": [{"type": "scatter", "y": [1, 2]}], "layout": {"title": {"text": f"<a href='{EVIL}/title'>go</a>"}}},
    "a note": {"data": [{"type": "scatter", "y": [1]}], "layout": {"annotations": [{"text": f"<a href='{_ALERT}'>go</a>", "showarrow": False}]}},
    "a button": {
        "data": [{"type": "scatter", "y": [1, 2]}],
        "layout": {"updatemenus": [{"type": "buttons", "buttons": [{"label": "go", "method": "relayout", "args": [{"images[0].source": "//evil.example/b.png"}]}]}]},
    },
    "a link by a template": {
        "data": [{"type": "scatter", "x": [1], "y": [1], "mode": "text", "customdata": [["a", "https:", "//evil.example/tt", "<"]], "texttemplate": "<%{customdata[0]} href='%{customdata[1]}%{customdata[2]}'>go</a>"}],
        "layout": {},
    },
    "a link that begins elsewhere": {
        "data": [{"type": "scatter", "x": [1], "y": [1], "mode": "text", "text": ["<"], "texttemplate": "%{text}a href='//evil.example/te'>go"}],
        "layout": {},
    },
    "a table of links": {"data": [{"type": "table", "cells": {"values": [[f"<a href='{EVIL}/cell'>go</a>", "<a\thref=//evil.example/c2>x</a>"]]}}], "layout": {}},
    "a box of links": {"data": [{"type": "bar", "y": [1], "hovertemplate": f"<extra></extra><a href='{EVIL}/hover'>x</a><extra><a href='{_ALERT}'>y</a></extra>"}], "layout": {}},
    "a frame of pictures": {
        "data": [{"type": "scatter", "y": [1]}],
        "layout": {"sliders": [{"steps": [{"label": "1", "method": "animate", "args": [[{"data": [{"type": "image", "source": f"{EVIL}/fr.png"}], "layout": {"images": [{"source": "/logout"}]}}]]}]}]},
        "frames": [{"name": "1", "data": [{"type": "choroplethmap"}], "layout": {"images": [{"source": "/logout"}], "map": {"style": f"{EVIL}/fs"}}}],
    },
    "a trace that becomes a map": {
        "data": [{"type": "scatter", "y": [1]}],
        "layout": {"updatemenus": [{"buttons": [{"label": "go", "method": "restyle", "args": [{"type": ["densitymap"]}, [0]]}, {"label": "g2", "method": "relayout", "args": ["images[0]", {"source": "//evil.example/r.png"}]}]}]},
    },
    "a list of types": {"data": [{"type": ["image"], "source": ["//evil.example/list.png"]}, 1, None, "x"], "layout": [], "frames": {}, "config": []},
    "a server": {"data": [{"type": "scatter", "y": [1]}], "layout": {}, "config": {"plotlyServerURL": EVIL, "showSendToCloud": True, "showLink": True}},
}  # fmt: skip

FILES: dict[str, bytes] = {
    **{
        name: f"<html><script>document.title='PWNED';{RUN}</script>".encode()
        for name in ("notes.shtml", "n.xht", "n.xhtm", "page.HTML", "x.html.txt", "x.txt.html", "main.html", "plot.gif", "a.svg")
    },
    "README.md": b"<script>1</script>",
    "work.jupyterlab-workspace": b'{"data": {}, "metadata": {"id": "x"}}',
    "sitecustomize.py": b"raise SystemExit",
    "ipython_config.py": b"raise SystemExit",
    "[a](javascript:window.pwned=1).txt": b"a file with a link as its name",
    "data.csv": b"a,b\n1,2\n",
    "lab.html/x.txt": b"a folder that is called like a page",
    "lab.ipynb.d/x.html": b"<script>1</script>",
    "random.py": b"raise SystemExit('a kernel has imported a file of a student')",
    "numpy/__init__.py": b"raise SystemExit('a kernel has imported a folder of a student')",
    "IPython.py": b"raise SystemExit",
    "jupyter_server_config.json": b'{"ServerApp": {"token": "x"}}',
    ".htaccess": b"AddType text/html .bin",
    "plot.png": b"\x89PNG\r\n\x1a\n",
}  # fmt: skip

_TOKENS = """
[ ] ( ) : ! < > \\ \\\\ ` ``` ~~~ javascript:1 https://evil.example/ https : // / www .evil.example a &#104; &#0104 ref
href \\href &bsol; & # ; $ $$ { } plot.png attachment:pixel.png attachment:Bild%201.png mermaid python @ eve@ <b> </b>
img src=x onerror=1 <script @@0@@ data: | - > * _ \\( \\) \\[ \\] \\begin{x} \\end{x} \\frac = ' "
"""
_BLANKS = (
    "\n",
    "\n\n",
    " ",
    "\t",
    "\0",
    "\r",
    "\x0b",
    "\x1b",
    "\x1b[0m",
    "\x1b[",
    "\x85",
    "\u200b",
    "\u2028",
    "\xa0",
    "\b",
)
PIECES = (*_TOKENS.split(), *_BLANKS)
"""What texts that nobody has thought of are put together from."""

IDS = (
    f"mallory <img src=x onerror={RUN}>",
    "mallory&lt;script&gt;",
    'mallory" onmouseover="x',
    "mallory|x",
    "-mallory",
    " mallory",
    "mallory\u202ex",
    "mallory\x1b[31m",
    "mallory\nx",
    "mallory$(x)",
    "e\u0301ve",
)


def composed(number: int) -> list[str]:
    """Texts that are put together at random, always the same ones."""
    chance = random.Random(1)
    return ["".join(chance.choices(PIECES, k=20)) for _ in range(number)]


def displays() -> list[str]:
    """Code that shows each of these as an output."""
    bundles = [
        *({"text/markdown": text} for text in MARKDOWN.values()),
        *({"text/html": text} for text in HTML.values()),
        *({"image/svg+xml": text} for text in SVG.values()),
        *({"text/latex": text} for text in MARKDOWN.values() if "\\" in text),
        *({"text/plain": text} for text in TEXT.values()),
        *({"application/vnd.plotly.v1+json": figure} for figure in FIGURES.values()),
        {"application/javascript": RUN, "text/plain": "x"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "x"},
        {"text/vnd.mermaid": f'flowchart TD\n A@{{ img: "{EVIL}/m.png" }}', "text/plain": "x"},
        {"application/vnd.vega.v5+json": {"data": [{"url": f"{EVIL}/vega"}]}, "text/plain": "x"},
        {"application/vnd.vegalite.v5+json": {"data": {"url": f"{EVIL}/lite"}, "mark": "bar"}, "text/plain": "x"},
        {"application/geo+json": {"type": "Point", "coordinates": [1, 1]}, "text/plain": "x"},
        {"application/json": {"a": f"{EVIL}/json"}, "text/plain": "x"},
        {
            "text/html; charset=utf-8": f"<script>{RUN}</script>",
            "TEXT/HTML": f"<script>{RUN}</script>",
            "text/plain": "x",
        },
        {"image/png": f'x" onerror="{RUN}', "image/jpeg": PIXEL, "text/plain": "x"},
        {"application/pdf": PIXEL, "text/plain": "x"},
        {"text/html": f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>", "text/plain": "x"},
    ]
    shown = [
        f"import json\nfrom IPython.display import display\nfor bundle in json.loads({json.dumps(bundles[at : at + 20])!r}):\n"
        "    display(bundle, raw=True, metadata={'text/html': {'isolated': True}})"
        for at in range(0, len(bundles), 20)
    ]
    texts = list(TEXT.values())
    printed = f"import sys\nfor text in {texts!r}:\n    print(text, flush=True)\n    print(text, file=sys.stderr)"
    parted = "print('https:', end='', flush=True); print('//evil.example/parted', flush=True)"
    raised = f"raise ValueError({TEXT['an address']!r})"
    return [*shown, printed, parted, raised]
