"""How every mail looks: the MJML around its blocks.

Colours in the dark stand in a style of their own: mail programs that know none keep the light ones, which stand in the
elements. Fonts are those of the reader: some that MJML knows by name (Roboto, Lato, Ubuntu) it would have fetched from
elsewhere. It is filled by `format`, so braces of styles are double.
"""

from typing import Final

FRAME: Final = """<mjml><mj-head>
<mj-preview>{preheader}</mj-preview>
<mj-attributes>
<mj-all font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" />
<mj-text font-size="16px" line-height="1.5" color="#262420" padding="8px 24px" />
<mj-button background-color="#0f6b62" color="#ffffff" font-size="16px" font-weight="600" border-radius="6px"
 inner-padding="12px 24px" padding="12px 24px" align="left" />
<mj-image padding="8px 24px" />
<mj-divider padding="12px 24px" />
<mj-section padding="4px 0" background-color="#ffffff" />
</mj-attributes>
<mj-raw>
<meta name="color-scheme" content="light dark" />
<meta name="supported-color-schemes" content="light dark" />
</mj-raw>
<mj-style>
h1 {{ margin: 0; font-size: inherit; line-height: 1.25; }}
a {{ color: #0f6b62; }}
@media (prefers-color-scheme: dark) {{
  body, .page, .rim, .rim > table {{ background: #1b1a18 !important; background-color: #1b1a18 !important; }}
  .sheet, .sheet > table {{ background: #262420 !important; background-color: #262420 !important; }}
  .words div, .words h1, .words p, .words li {{ color: #ece9e3 !important; }}
  .words a {{ color: #6fc7bb !important; }}
  .footer div, .footer a {{ color: #b5b0a6 !important; }}
}}
</mj-style>
</mj-head><mj-body background-color="#f3f1ec" css-class="page">
{rows}
<mj-section background-color="#f3f1ec" css-class="rim"><mj-column>{footer}</mj-column></mj-section>
</mj-body></mjml>"""
